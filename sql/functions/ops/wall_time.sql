-- The time on the wall, frozen clock or not, to measure how long something took. It dates no
-- figure: that is what app.now() is for.
create function ops.wall_time()
returns timestamptz
language sql
volatile
as $$
    select pg_catalog.clock_timestamp()
$$;
alter function ops.wall_time() owner to leadboard_rollup;
grant execute on function ops.wall_time() to leadboard_owner;

comment on function ops.wall_time() is 'The real time, also while app.now() is frozen: for durations only.';
