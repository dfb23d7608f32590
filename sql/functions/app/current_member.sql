-- The caller's membership in one workspace: the right every endpoint starts from.
create function app.current_member(p_workspace_id uuid)
returns table (role text, branch_id uuid)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        m.role,
        m.branch_id
    from crm.members as m
    where
        m.workspace_id = p_workspace_id
        and m.user_id = app.current_user_id()
        and m.deactivated_at is null
$$;
alter function app.current_member(uuid) owner to leadboard_owner;
grant execute on function app.current_member(uuid) to leadboard_view, leadboard_api;

comment on function app.current_member(uuid) is
'Role and branch of the caller in a workspace; no row for a stranger.';
