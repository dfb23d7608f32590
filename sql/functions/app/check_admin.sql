-- Lets the owners and admins of a workspace pass. LB403 for other members, LB404 for strangers, to
-- whom the workspace does not exist.
create function app.check_admin(p_workspace_id uuid)
returns void
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_workspace_id = any(app.admin_workspaces()) then
        return;
    end if;
    if p_workspace_id = any(app.member_workspaces()) then
        raise exception using
            errcode = 'LB403', message = 'Only an owner or admin of the workspace may see this.';
    end if;
    raise exception using errcode = 'LB404', message = 'No such workspace.';
end
$$;
alter function app.check_admin(uuid) owner to leadboard_owner;
grant execute on function app.check_admin(uuid) to leadboard_rollup;

comment on function app.check_admin(uuid) is
'LB404 for a stranger to the workspace, LB403 for a member who is neither owner nor admin, else nothing.';
