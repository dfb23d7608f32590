-- Before a table is emptied: every cell of every workspace is dirty. Before, not after, because a
-- truncate that cascades from crm.workspaces takes the list of workspaces with it.
create function rollup.log_truncate()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into rollup.dirty_cells (workspace_id, family, subject_id, hour_at)
    select
        w.workspace_id,
        'all',
        app.nobody(),
        '-infinity'
    from crm.workspaces as w;
    return null;
end
$$;
alter function rollup.log_truncate() owner to leadboard_owner;

comment on function rollup.log_truncate() is
'Trigger: before a truncate, logs every cell of every workspace.';
