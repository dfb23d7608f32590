-- The Monday on or before a day: ISO weeks begin there. Infinite days are their own.
create function app.week_start(p_day date)
returns date
language sql
immutable
parallel safe
as $$
    select coalesce(p_day - (extract(isodow from p_day)::integer - 1), p_day)
$$;
alter function app.week_start(date) owner to leadboard_owner;
grant execute on function app.week_start(date) to leadboard_rollup;

comment on function app.week_start(date) is 'The Monday of a day''s ISO week; infinite days are their own.';
