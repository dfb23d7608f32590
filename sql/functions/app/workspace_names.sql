-- Names for a list of workspaces that the caller is a member of; others are left out.
create function app.workspace_names(p_workspace_ids uuid[])
returns table (workspace_id uuid, name text)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        w.workspace_id,
        w.name
    from crm.workspaces as w
    where
        w.workspace_id = any(p_workspace_ids)
        and w.workspace_id = any((select app.member_workspaces())::uuid [])
$$;
alter function app.workspace_names(uuid[]) owner to leadboard_owner;
grant execute on function app.workspace_names(uuid[]) to leadboard_view, leadboard_api;

comment on function app.workspace_names(uuid[]) is 'Names of the caller''s own workspaces among those listed.';
