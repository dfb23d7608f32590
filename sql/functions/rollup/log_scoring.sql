-- Weights and curves of a workspace, or, under the nil UUID, of all workspaces.
create function rollup.log_scoring()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into rollup.dirty_cells (workspace_id, family, subject_id, hour_at)
    select
        w.workspace_id,
        'shown',
        app.nobody(),
        '-infinity'
    from crm.workspaces as w
    where exists (
        select from changed_rows as r
        where r.workspace_id in (w.workspace_id, app.nobody())
    );
    return null;
end
$$;
alter function rollup.log_scoring() owner to leadboard_owner;

comment on function rollup.log_scoring() is
'Trigger: logs that scores are weighed differently, in one workspace or, for the defaults, in all.';
