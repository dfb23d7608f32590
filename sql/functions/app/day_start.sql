-- First instant of a local day. At a clock change the day has 23 or 25 hours; the half-open range
-- [day_start(d), day_start(d + 1)) is right for every zone. Where clocks go back over midnight (the
-- Azores, Havana) midnight comes twice and PostgreSQL means the second; the first one counts.
create function app.day_start(p_day date, p_zone text)
returns timestamptz
language sql
immutable
parallel safe
as $$
    select
        case
            when app.local_day((p_day::timestamp at time zone p_zone) - interval '1 hour', p_zone) = p_day
                then (p_day::timestamp at time zone p_zone) - interval '1 hour'
            else p_day::timestamp at time zone p_zone
        end
$$;
alter function app.day_start(date, text) owner to leadboard_owner;
grant execute on function app.day_start(date, text) to leadboard_rollup, leadboard_view;

comment on function app.day_start(date, text) is 'First instant of a local day in an IANA time zone.';
