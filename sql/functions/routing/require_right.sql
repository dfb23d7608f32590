-- Who may route in a workspace: owners and admins, a login that stands for it (app.principals), and
-- operators. To a stranger the workspace does not exist.
create function routing.require_right(p_workspace_id uuid)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_workspace_id = any(app.admin_workspaces()) or app.is_operator() then
        return;
    end if;
    if p_workspace_id = any(app.member_workspaces()) then
        raise exception using
            errcode = 'LB403',
            message = 'Only an owner or admin of the workspace may route its leads.';
    end if;
    raise exception using errcode = 'LB404', message = 'No such workspace.';
end
$$;
alter function routing.require_right(uuid) owner to leadboard_owner;

comment on function routing.require_right(uuid) is
'LB404 for a stranger to the workspace, LB403 for a member who is neither owner nor admin, else nothing.';
