-- See app.earliest_start: the upper bound. p_to_day is the day AFTER the last one, as everywhere.
create function app.latest_end(p_to_day date)
returns timestamptz
language sql
immutable
parallel safe
as $$
    select (p_to_day::timestamp + interval '15 hours') at time zone 'UTC'
$$;
alter function app.latest_end(date) owner to leadboard_owner;
grant execute on function app.latest_end(date) to leadboard_rollup, leadboard_view;

comment on function app.latest_end(date) is
'No earlier than the first instant of the day in any time zone: upper bound, exclusive, of an index range.';
