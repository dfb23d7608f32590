-- Brings the rollups up to the facts: takes the log, computes the cells it names again from their
-- definition, stores what changed, raises the versions of the workspaces, and notes whose goals and
-- badges have to be looked at. One transaction: readers and a crash see the figures of before or of
-- after.
--
-- Nothing is lost: an entry is deleted together with storing what it asked for, and a writer that
-- commits later leaves its own entry for the next refresh. Cells are computed, never counted up, so
-- doing one twice is harmless.
--
-- Cost follows what changed, not history (rollup.write_dirty). A long log is read in batches, which
-- bounds the memory and not the transaction.
--
-- Returns the workspaces that changed, or null when there was nothing to do.
create function ops.refresh_rollups()
returns uuid[]
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
set jit = off
set plan_cache_mode = force_custom_plan
as $$
declare
    -- Entries read at once, and cells gathered before they are written.
    c_entries constant integer := 50000;
    c_cells constant integer := 2000000;

    v_started_at constant timestamptz := ops.wall_time();
    v_state ops.refresh_state;
    v_changed uuid[] := '{}';
    v_entries rollup.dirty_cells[];
    v_taken bigint := c_entries;
    v_families text[];
    v_workspace_ids uuid[];
    v_subject_ids uuid[];
    v_days date[];
    v_cells bigint := 0;
begin
    perform ops.lock_step('rollup');

    select * into v_state
    from ops.refresh_state as s
    where s.name = 'rollup';

    if ops.is_current(v_state.last_success_at, v_state.valid_until) then
        if not exists (select from rollup.dirty_cells) then
            return null;
        end if;
    else
        v_changed := ops.rolled_workspaces(v_state.last_success_at);
        perform goals.touch_days(v_changed, v_state.last_success_at);
    end if;

    while v_taken = c_entries loop
        v_families := '{}';
        v_workspace_ids := '{}';
        v_subject_ids := '{}';
        v_days := '{}';

        while v_taken = c_entries and cardinality(v_families) < c_cells loop
            with taken as (
                delete from rollup.dirty_cells as d
                where d.ctid = any(array(select x.ctid from rollup.dirty_cells as x limit c_entries))
                returning d.workspace_id, d.family, d.subject_id, d.hour_at
            ),

            entries as (
                select
                    t.workspace_id,
                    t.family,
                    t.subject_id,
                    t.hour_at,
                    count(*) as times
                from taken as t
                group by t.workspace_id, t.family, t.subject_id, t.hour_at
            )

            select
                array_agg((e.workspace_id, e.family, e.subject_id, e.hour_at)::rollup.dirty_cells),
                array_agg(distinct e.workspace_id) || v_changed,
                coalesce(sum(e.times), 0)
            into v_entries, v_changed, v_taken
            from entries as e;

            perform rollup.choose_plans(coalesce(cardinality(v_entries), 0));
            select
                v_families || array_agg(c.family),
                v_workspace_ids || array_agg(c.workspace_id),
                v_subject_ids || array_agg(c.subject_id),
                v_days || array_agg(c.day)
            into v_families, v_workspace_ids, v_subject_ids, v_days
            from rollup.dirty_cells_of(v_entries) as c;
        end loop;

        v_cells := v_cells + coalesce(cardinality(v_families), 0);
        select
            array_agg(c.family),
            array_agg(c.workspace_id),
            array_agg(c.subject_id),
            array_agg(c.day)
        into v_families, v_workspace_ids, v_subject_ids, v_days
        from rollup.write_dirty(v_families, v_workspace_ids, v_subject_ids, v_days) as c;
        perform goals.touch(v_families, v_workspace_ids, v_subject_ids, v_days);
    end loop;

    v_changed := array(select distinct c.id from unnest(v_changed) as c (id) order by c.id);
    perform ops.raise_versions(v_changed, coalesce(v_state.generation, 0) + 1);
    perform ops.record_success('rollup', coalesce(v_state.generation, 0) + 1, v_started_at, v_cells);
    return v_changed;
end
$$;
alter function ops.refresh_rollups() owner to leadboard_rollup;
grant execute on function ops.refresh_rollups() to leadboard_ops;

comment on function ops.refresh_rollups() is
'Brings the rollups up to the facts in one transaction; returns the workspaces that changed, null when there was nothing to do.';
