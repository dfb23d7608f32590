-- A branch's time zone dates every fact of its leads and calls: a new zone, or the end of the
-- branch, makes every cell of the workspace dirty. A new branch has no facts yet, and a name is
-- only shown.
create function rollup.log_branches()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op = 'UPDATE' then
        insert into rollup.dirty_cells (workspace_id, family, subject_id, hour_at)
        select distinct
            coalesce(n.workspace_id, o.workspace_id),
            case
                when n.id is null or n.timezone is distinct from o.timezone then 'all' else 'shown'
            end,
            app.nobody(),
            '-infinity'::timestamptz
        from old_rows as o
        full join new_rows as n on n.workspace_id = o.workspace_id and n.id = o.id;
    else
        insert into rollup.dirty_cells (workspace_id, family, subject_id, hour_at)
        select distinct
            r.workspace_id,
            case tg_op when 'DELETE' then 'all' else 'shown' end,
            app.nobody(),
            '-infinity'::timestamptz
        from changed_rows as r;
    end if;
    return null;
end
$$;
alter function rollup.log_branches() owner to leadboard_owner;

comment on function rollup.log_branches() is
'Trigger: logs that a branch is shown differently or, with a new time zone or none, that all cells of the workspace are dirty.';
