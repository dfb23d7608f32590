-- Brings the rollups up to the facts: takes the log, computes the cells it names again from their
-- definition, stores what changed, raises the versions of the workspaces. One transaction: readers and a
-- crash see the figures of before or of after.
--
-- Nothing is lost: an entry is deleted together with storing what it asked for, and a writer that
-- commits later leaves its own entry for the next refresh. Cells are computed, never counted up, so
-- doing one twice is harmless.
--
-- Cost follows what changed: cells are computed one by one through an index. A workspace of which many
-- cells are dirty is cheaper as one set (c_few, c_share).
--
-- Returns the workspaces that changed, or null when there was nothing to do.
create function ops.refresh_rollups()
returns uuid []
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
    -- Entries taken at once: bounds memory, not the transaction.
    c_batch constant integer := 50000;
    -- From so many dirty cells on it is worth to look how many there are in all, and from that share
    -- of them on a set-based rebuild is cheaper (measured).
    c_few constant integer := 1000;
    c_share constant numeric := 0.1;

    v_started_at constant timestamptz := ops.wall_time();
    v_state ops.refresh_state;
    v_entries rollup.dirty_cells [];
    v_taken bigint;
    v_cells bigint := 0;
    v_changed uuid [] := '{}';
    v_whole uuid [];
    v_sets text [];
    v_families text [];
    v_workspace_ids uuid [];
    v_subject_ids uuid [];
    v_days date [];
    v record;
begin
    perform ops.lock_refresh();

    select * into v_state
    from ops.refresh_state as s
    where s.name = 'rollup';

    if ops.is_current(v_state.last_success_at, v_state.valid_until) then
        if not exists (select from rollup.dirty_cells) then
            return null;
        end if;
    else
        v_changed := ops.rolled_workspaces(v_state.last_success_at);
    end if;

    loop
        with taken as (
            delete from rollup.dirty_cells as d
            where d.ctid = any(array(select x.ctid from rollup.dirty_cells as x limit c_batch))
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
            sum(e.times),
            array_agg(distinct e.workspace_id) || v_changed
        into v_entries, v_taken, v_changed
        from entries as e;

        exit when v_taken is null;

        select
            array_agg(c.family),
            array_agg(c.workspace_id),
            array_agg(c.subject_id),
            array_agg(c.day),
            coalesce(array_agg(c.workspace_id) filter (where c.family = 'all'), '{}'),
            v_cells + count(*)
        into v_families, v_workspace_ids, v_subject_ids, v_days, v_whole, v_cells
        from rollup.dirty_cells_of(v_entries) as c;

        v_sets := '{}';

        for v in
            select
                f.family,
                w.workspace_id
            from rollup.families() as f
            cross join unnest(v_whole) as w (workspace_id)
        loop
            perform rollup.write_window(v.family, v.workspace_id, '-infinity', 'infinity');
            v_sets := v_sets || (v.family || v.workspace_id);
        end loop;

        for v in
            select
                c.family,
                c.workspace_id,
                count(*) as cells,
                min(c.day) as from_day,
                max(c.day) + 1 as to_day
            from unnest(v_families, v_workspace_ids, v_days) as c (family, workspace_id, day)
            where c.family <> 'all' and c.family || c.workspace_id <> all(v_sets)
            group by c.family, c.workspace_id
            having count(*) >= c_few
        loop
            if v.cells >= c_share * rollup.count_cells(v.family, v.workspace_id, v.from_day, v.to_day) then
                perform rollup.write_window(v.family, v.workspace_id, v.from_day, v.to_day);
                v_sets := v_sets || (v.family || v.workspace_id);
            end if;
        end loop;

        for v in
            select
                c.family,
                array_agg(c.workspace_id order by c.workspace_id, c.subject_id, c.day) as workspace_ids,
                array_agg(c.subject_id order by c.workspace_id, c.subject_id, c.day) as subject_ids,
                array_agg(c.day order by c.workspace_id, c.subject_id, c.day) as days
            from
                unnest(v_families, v_workspace_ids, v_subject_ids, v_days)
                as c (family, workspace_id, subject_id, day)
            where c.family <> 'all' and c.family || c.workspace_id <> all(v_sets)
            group by c.family
        loop
            perform rollup.write_cells(v.family, v.workspace_ids, v.subject_ids, v.days);
        end loop;

        exit when v_taken < c_batch;
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
