-- The ISO weekday of a day: Monday is 1, Sunday 7, as extract(isodow) says. By counting days, which
-- is many times as fast, and an integer to group by. Day 0 of the Julian count, the first that
-- PostgreSQL knows, was a Monday. Error 22008 for an infinite day.
create function metrics.weekday(p_day date)
returns integer
language sql
immutable
parallel safe
as $$
    select (p_day - '4714-11-24 BC'::date) % 7 + 1
$$;
alter function metrics.weekday(date) owner to leadboard_rollup;
grant execute on function metrics.weekday(date) to leadboard_view;

comment on function metrics.weekday(date) is 'ISO weekday of a day: 1 is Monday, 7 Sunday.';
