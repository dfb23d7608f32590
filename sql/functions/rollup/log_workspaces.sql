-- A workspace's time zone dates every fact of it that has no branch zone: a new zone makes every
-- cell dirty. Other settings are shown, or weigh figures after the rollups.
create function rollup.log_workspaces()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op = 'UPDATE' then
        insert into rollup.dirty_cells (workspace_id, family, subject_id, hour_at)
        select
            coalesce(n.workspace_id, o.workspace_id),
            case when n.timezone is distinct from o.timezone then 'all' else 'shown' end,
            app.nobody(),
            '-infinity'
        from old_rows as o
        full join new_rows as n on n.workspace_id = o.workspace_id;
    else
        insert into rollup.dirty_cells (workspace_id, family, subject_id, hour_at)
        select
            r.workspace_id,
            case tg_op when 'DELETE' then 'all' else 'shown' end,
            app.nobody(),
            '-infinity'
        from changed_rows as r;
    end if;
    return null;
end
$$;
alter function rollup.log_workspaces() owner to leadboard_owner;

comment on function rollup.log_workspaces() is
'Trigger: logs that a workspace is shown differently or, with a new time zone, that all its cells are dirty.';
