-- Computes the rollups of one workspace again for the local days [p_from_day, p_to_day) (null: no
-- bound), whatever the log says: after a load that bypassed the triggers, or a change of
-- definition. The days are those of the cells: a call of today about a lead of last month moves the
-- lead's cell of last month, so after such a load the beginning is left open. The log is left
-- alone; doing a cell twice is harmless. What partners carry is counted again too. Returns how many
-- rows of the rollups changed.
create function ops.rebuild_workspace(p_workspace_id uuid, p_from_day date, p_to_day date)
returns bigint
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
    v_from_day constant date := coalesce(p_from_day, '-infinity');
    v_generation bigint;
    v_family text;
    v_changed bigint := 0;
begin
    perform ops.lock_step('rollup');
    perform routing.rebuild_load(p_workspace_id);

    for v_family in
        select f.family
        from rollup.families() as f
        order by f.level, f.family
    loop
        v_changed := v_changed + rollup.write_window(
            v_family,
            p_workspace_id,
            rollup.cell_day(v_family, v_from_day),
            coalesce(p_to_day, 'infinity')
        );
    end loop;

    if v_changed > 0 then
        -- Not the time of success: a local midnight that has passed meanwhile is still to be noticed.
        insert into ops.refresh_state as s (name, generation, updated_at)
        values ('rollup', 1, app.now())
        on conflict (name) do update
        set generation = s.generation + 1, updated_at = excluded.updated_at
        returning s.generation into v_generation;
        perform ops.raise_versions(array[p_workspace_id], v_generation);
        insert into goals.touched (workspace_id, user_id, scope, from_day)
        values (p_workspace_id, app.nobody(), 'workspace', v_from_day);
    end if;
    return v_changed;
end
$$;
alter function ops.rebuild_workspace(uuid, date, date) owner to leadboard_rollup;
grant execute on function ops.rebuild_workspace(uuid, date, date) to leadboard_ops;

comment on function ops.rebuild_workspace(uuid, date, date) is
'Computes the rollups of one workspace and window of local days (null: no bound) again; returns how many rows changed.';
