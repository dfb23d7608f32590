-- Bounds for an index range: a local day of any zone on earth lies within
-- [earliest_start(day), latest_end(day)), whatever zone each row is dated in.
create function app.earliest_start(p_day date)
returns timestamptz
language sql
immutable
parallel safe
as $$
    select (p_day::timestamp - interval '15 hours') at time zone 'UTC'
$$;
alter function app.earliest_start(date) owner to leadboard_owner;
grant execute on function app.earliest_start(date) to leadboard_rollup, leadboard_view;

comment on function app.earliest_start(date) is
'No later than the first instant of the day in any time zone: lower bound of an index range.';
