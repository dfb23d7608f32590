-- When a schedule is due from p_from to p_to, both included: local days and moments, in order.
-- Each local day of the weekdays (ISO, 1 is Monday) has exactly one.
create function reporting.occurrences(
    p_time time, p_days integer[], p_zone text, p_from timestamptz, p_to timestamptz
)
returns table (due_on date, due_at timestamptz)
language sql
immutable
parallel safe
as $$
    select
        o.due_on,
        o.due_at
    from (
        select
            d.day::date as due_on,
            reporting.due_at(d.day::date, p_time, p_zone) as due_at
        from generate_series(
            app.local_day(p_from, p_zone) - 1,
            app.local_day(p_to, p_zone)::timestamp,
            interval '1 day'
        ) as d (day)
        where extract(isodow from d.day)::integer = any(p_days)
    ) as o
    where o.due_at between p_from and p_to
    order by o.due_on
$$;
alter function reporting.occurrences(time, integer[], text, timestamptz, timestamptz)
owner to leadboard_owner;

comment on function reporting.occurrences(time, integer[], text, timestamptz, timestamptz) is
'Local days and moments at which a schedule (time, ISO weekdays, zone) is due in [p_from, p_to].';
