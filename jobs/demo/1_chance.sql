-- Deterministic chance for the demo data: the same seed and row give the same number, on every
-- server, in any order and in any session. So a large load can be cut into chunks that know nothing
-- of each other.
--
-- Settings read here: demo.seed (an integer) and demo.now (the frozen present of the load).
-- Everything lives in pg_temp and is gone with the session.

do $do$
begin
    -- The seed is written into the function, so that a call is one hash and can be inlined.
    execute format(
        $f$
        create function pg_temp.chance(p_row bigint, p_stream integer)
        returns double precision
        language sql
        immutable
        parallel safe
        as $$
            select (
                hashint8extended(p_row, %s::bigint * 1000003 + p_stream * 7919) & 9007199254740991
            ) / 9007199254740992.0::double precision
        $$
        $f$,
        current_setting('demo.seed')::bigint
    );
    execute format(
        $f$
        create function pg_temp.present()
        returns timestamptz
        language sql
        immutable
        parallel safe
        as $$
            select %L::timestamptz
        $$
        $f$,
        current_setting('demo.now')
    );
end
$do$;

-- A standard normal number (Box-Muller); takes the streams p_stream and -p_stream.
create function pg_temp.bell(p_row bigint, p_stream integer)
returns double precision
language sql
immutable
parallel safe
as $$
    select sqrt(-2 * ln(1 - pg_temp.chance(p_row, p_stream)))
        * cos(6.283185307179586 * pg_temp.chance(p_row, - p_stream))
$$;

-- A log-normal stretch of time, at most 300 days.
create function pg_temp.stretch(
    p_median_minutes double precision, p_sigma double precision, p_bell double precision
)
returns interval
language sql
immutable
parallel safe
as $$
    select make_interval(
        secs => round(least(p_median_minutes * 60 * exp(p_sigma * p_bell), 25920000))
    )
$$;

-- The next moment in local business hours (9 to 19 o'clock; Monday to Friday unless p_weekends).
create function pg_temp.at_work(p_local timestamp, p_weekends boolean, p_chance double precision)
returns timestamp
language plpgsql
immutable
parallel safe
as $$
declare
    v_local timestamp := p_local;
    v_hour integer := extract(hour from p_local);
begin
    if v_hour >= 9 and v_hour < 19 and (p_weekends or extract(isodow from p_local) < 6) then
        return p_local;
    end if;
    v_local := date_trunc('day', p_local)
        + make_interval(secs => round(32400 + 27000 * power(p_chance, 1.3)));
    if v_hour >= 19 then
        v_local := v_local + interval '1 day';
    end if;
    if not p_weekends and extract(isodow from v_local) >= 6 then
        v_local := v_local + make_interval(days => 8 - extract(isodow from v_local)::integer);
    end if;
    return v_local;
end
$$;

-- A key in the layout of UUID version 7: time first, then what the row is and its number. Two rows
-- of one kind never share a key; another seed has other keys.
create function pg_temp.key(p_at timestamptz, p_kind integer, p_row bigint, p_part integer)
returns uuid
language sql
immutable
parallel safe
as $$
    select (
        lpad(to_hex((date_part('epoch', p_at) * 1000)::bigint), 12, '0')
        || '7' || lpad(to_hex(p_kind), 3, '0')
        || '8' || lpad(to_hex((pg_temp.chance(p_kind, 1) * 4095)::integer), 3, '0')
        || lpad(
            to_hex(
                ((p_row << 8) | p_part) # (pg_temp.chance(p_kind, 2) * 281474976710655)::bigint
            ),
            12, '0'
        )
    )::uuid
$$;

-- The key of something that has a name: the same in every demo.
create function pg_temp.named(p_name text)
returns uuid
language sql
immutable
parallel safe
as $$
    select md5('leadboard demo: ' || p_name)::uuid
$$;
