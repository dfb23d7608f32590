-- The step of ops.refresh() after rollups and views: goals that were reached and badges that were
-- earned, by those whose figures changed. One transaction; ops.refresh_state keeps its outcome
-- under the name goals. Returns the workspaces with something new, or null when nobody was touched.
create function ops.refresh_achievements()
returns uuid[]
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
    v_started_at constant timestamptz := ops.wall_time();
    v_generation bigint;
    v_changed uuid[];
begin
    perform ops.lock_step('goals');
    if not exists (select from goals.touched) then
        return null;
    end if;

    v_changed := goals.check_touched();

    select s.generation into v_generation
    from ops.refresh_state as s
    where s.name = 'rollup';
    perform ops.raise_versions(v_changed, null);
    perform ops.record_success(
        'goals', coalesce(v_generation, 0), v_started_at, cardinality(v_changed)
    );
    return v_changed;
end
$$;
alter function ops.refresh_achievements() owner to leadboard_rollup;
grant execute on function ops.refresh_achievements() to leadboard_ops;

comment on function ops.refresh_achievements() is
'Records goals reached and badges earned since the last refresh; returns the workspaces with something new, null when nobody was touched.';
