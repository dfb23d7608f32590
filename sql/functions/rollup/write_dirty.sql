-- Computes dirty cells again and stores what changed. The arrays are parallel, one entry per cell;
-- a cell may stand in them twice. Family all means every cell of the workspace.
--
-- One cell costs index probes; a whole window of days costs one pass over its facts. So a workspace
-- of which many cells of a family are dirty (c_few, and c_share of all its cells in those days) is
-- done as one set. A family of a higher level (rollup.family_level) is done after those that it
-- sums. In the end follow the families that sum the given ones (rollup.families, parts), in the
-- cells in which something changed that they read.
-- Returns the given cells that changed in what others read (rollup.families, read_columns); of what
-- was done as a set all, since which of them changed is not known. Grain: one row per cell.
--
-- The statements here read what was given and the catalog, never a fact: one plan of each serves a
-- session.
create function rollup.write_dirty(
    p_families text[], p_workspace_ids uuid[], p_subject_ids uuid[], p_days date[]
)
returns table (family text, workspace_id uuid, subject_id uuid, day date)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
    c_few constant integer := 1000;
    c_share constant numeric := 0.25;
    v_done text[] := '{}';
    -- The cells that changed, once per row.
    v_families text[] := '{}';
    v_workspace_ids uuid[] := '{}';
    v_subject_ids uuid[] := '{}';
    v_days date[] := '{}';
    v_level integer;
    v record;
    v_written record;
begin
    if 'all' = any(p_families) then
        for v in
            select distinct
                f.level,
                f.family,
                c.workspace_id
            from unnest(p_families, p_workspace_ids) as c (family, workspace_id)
            cross join rollup.families() as f
            where c.family = 'all'
            order by f.level, f.family, c.workspace_id
        loop
            perform rollup.write_window(v.family, v.workspace_id, '-infinity', 'infinity');
            v_done := v_done || (v.family || v.workspace_id);
        end loop;
    end if;

    for v_level in
        select distinct rollup.family_level(c.family)
        from unnest(p_families) as c (family)
        where c.family <> 'all'
        order by 1
    loop
        for v in
            select
                c.family,
                c.workspace_id,
                count(distinct (c.subject_id, c.day)) as cells,
                min(c.day) as from_day,
                max(c.day) + 1 as to_day
            from
                unnest(p_families, p_workspace_ids, p_subject_ids, p_days)
                as c (family, workspace_id, subject_id, day)
            where c.family <> 'all' and rollup.family_level(c.family) = v_level
            group by c.family, c.workspace_id
            having count(distinct (c.subject_id, c.day)) >= c_few
        loop
            if
                v.family || v.workspace_id <> all(v_done)
                -- No more have to be counted than what would be too many.
                and v.cells >= c_share * rollup.count_cells(
                    v.family, v.workspace_id, v.from_day, v.to_day, (v.cells / c_share)::bigint + 1
                )
            then
                perform rollup.write_window(v.family, v.workspace_id, v.from_day, v.to_day);
                v_done := v_done || (v.family || v.workspace_id);
            end if;
        end loop;

        for v in
            select
                c.family,
                array_agg(c.workspace_id order by c.workspace_id, c.subject_id, c.day) as workspace_ids,
                array_agg(c.subject_id order by c.workspace_id, c.subject_id, c.day) as subject_ids,
                array_agg(c.day order by c.workspace_id, c.subject_id, c.day) as days
            from (
                select distinct
                    x.family,
                    x.workspace_id,
                    x.subject_id,
                    x.day
                from
                    unnest(p_families, p_workspace_ids, p_subject_ids, p_days)
                    as x (family, workspace_id, subject_id, day)
                where
                    x.family <> 'all'
                    and rollup.family_level(x.family) = v_level
                    and x.family || x.workspace_id <> all(v_done)
            ) as c
            group by c.family
        loop
            perform rollup.choose_plans(cardinality(v.days));
            execute format('select * from rollup.%I($1, $2, $3)', 'write_' || v.family)
            into v_written
            using v.workspace_ids, v.subject_ids, v.days;
            v_families := v_families
                || array_fill(v.family, array[coalesce(cardinality(v_written.days), 0)]);
            v_workspace_ids := v_workspace_ids || v_written.workspace_ids;
            v_subject_ids := v_subject_ids || v_written.subject_ids;
            v_days := v_days || v_written.days;
        end loop;
    end loop;

    -- An array and null: the array.
    select
        v_families || array_agg(c.family),
        v_workspace_ids || array_agg(c.workspace_id),
        v_subject_ids || array_agg(c.subject_id),
        v_days || array_agg(c.day)
    into v_families, v_workspace_ids, v_subject_ids, v_days
    from
        unnest(p_families, p_workspace_ids, p_subject_ids, p_days)
        as c (family, workspace_id, subject_id, day)
    where c.family = 'all' or c.family || c.workspace_id = any(v_done);

    for v in
        select
            array_agg(c.family) as families,
            array_agg(c.workspace_id) as workspace_ids,
            array_agg(c.subject_id) as subject_ids,
            array_agg(c.day) as days
        from (
            select distinct
                f.family,
                x.workspace_id,
                rollup.cell_subject(f.family, x.subject_id) as subject_id,
                rollup.cell_day(f.family, x.day) as day
            from
                unnest(v_families, v_workspace_ids, v_subject_ids, v_days)
                as x (family, workspace_id, subject_id, day)
            inner join rollup.families() as f on x.family = any(f.parts)
        ) as c
        having count(*) > 0
    loop
        perform rollup.write_dirty(v.families, v.workspace_ids, v.subject_ids, v.days);
    end loop;

    return query
    select distinct
        c.family,
        c.workspace_id,
        c.subject_id,
        c.day
    from
        unnest(v_families, v_workspace_ids, v_subject_ids, v_days)
        as c (family, workspace_id, subject_id, day);
end
$$;
alter function rollup.write_dirty(text[], uuid[], uuid[], date[]) owner to leadboard_rollup;

comment on function rollup.write_dirty(text[], uuid[], uuid[], date[]) is
'Computes the given cells of the rollups again, one by one or as sets, whichever is cheaper; returns those that changed in what others read.';
