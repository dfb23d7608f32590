-- Where stored rollups, and what partners carry (family partner_load), differ from their definition
-- over the facts: always nowhere.
-- Grain: one row per family, workspace, subject, local day and kind of difference. what is missing
-- (the definition has a row that is not stored), extra (the other way round) or different (a
-- measure). What partners carry is as of now, whatever days are asked for; its day is the latest on
-- which the partner was routed a lead, or null.
--
-- Cells whose change still waits in the log are no difference. Each family of each workspace is one
-- statement: facts, rollups and log are seen at the same moment, so writers and refreshes may run.
create function ops.verify(
    p_workspace_id uuid default null, p_from_day date default null, p_to_day date default null
)
returns table (family text, workspace_id uuid, subject_id uuid, day date, what text)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
    v record;
begin
    for v in
        select
            w.id as workspace_id,
            f.family,
            format('%I', f.family || '_rows') as definition,
            (
                select string_agg(format('n.%1$I = s.%1$I', k.name), ' and ')
                from unnest(f.key_columns) as k (name)
            ) as same_key,
            (select string_agg(format('s.%I', m.name), ', ') from unnest(f.measure_columns) as m (name))
                as stored,
            (select string_agg(format('n.%I', m.name), ', ') from unnest(f.measure_columns) as m (name))
                as computed
        from (
            select p_workspace_id as id
            where p_workspace_id is not null
            union all
            select k.id
            from ops.known_workspaces() as k (id)
            where p_workspace_id is null
        ) as w
        cross join rollup.families() as f
        order by w.id, f.family
    loop
        return query execute format(
            $statement$
            with pending as (
                select c.family, c.subject_id, c.day
                from rollup.dirty_cells_of(
                    array(select d from rollup.dirty_cells as d where d.workspace_id = $1)
                ) as c
                where c.family in (%1$L, 'all')
            ),

            differences as (
                select
                    coalesce(s.subject_id, n.subject_id) as subject_id,
                    coalesce(s.day, n.day) as day,
                    case
                        when s.workspace_id is null then 'missing'
                        when n.workspace_id is null then 'extra'
                        else 'different'
                    end as what
                from (
                    select r.*
                    from rollup.%1$I as r
                    where r.workspace_id = $1 and r.day >= $2 and r.day < $3
                ) as s
                full join rollup.%2$s($1, null, $2, $3) as n on %3$s
                where
                    s.workspace_id is null
                    or n.workspace_id is null
                    or (%4$s) is distinct from (%5$s)
            )

            select distinct
                %1$L,
                $1,
                d.subject_id,
                d.day,
                d.what
            from differences as d
            where
                not exists (
                    select from pending as p
                    where
                        p.family = 'all'
                        or (p.subject_id = d.subject_id and p.day = d.day)
                )
            order by d.day, d.subject_id, d.what
            $statement$,
            v.family,
            v.definition,
            v.same_key,
            v.stored,
            v.computed
        )
        using v.workspace_id, coalesce(p_from_day, '-infinity'), coalesce(p_to_day, 'infinity');
    end loop;

    return query
    select
        'partner_load',
        w.id,
        d.user_id,
        d.day,
        d.what
    from (
        select p_workspace_id as id
        where p_workspace_id is not null
        union all
        select k.id
        from ops.known_workspaces() as k (id)
        where p_workspace_id is null
    ) as w
    cross join routing.load_differences(w.id) as d
    order by w.id, d.user_id;
end
$$;
alter function ops.verify(uuid, date, date) owner to leadboard_rollup;
grant execute on function ops.verify(uuid, date, date) to leadboard_ops;

comment on function ops.verify(uuid, date, date) is
'Cells of the rollups, and loads of partners, that differ from their definition and do not wait in the log; all workspaces and days where null.';
