-- Refuses everyone but owners and admins of the workspace, and operators (who see every workspace
-- in the database anyway). To a stranger the workspace does not exist.
create function scoring.require_admin(p_workspace_id uuid)
returns void
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_workspace_id = any(app.admin_workspaces()) or app.is_operator() then
        return;
    end if;
    if p_workspace_id = any(app.member_workspaces()) then
        raise exception using
            errcode = 'LB403',
            message = 'Only an owner or admin of the workspace may see how scores are made.';
    end if;
    raise exception using errcode = 'LB404', message = 'No such workspace.';
end
$$;
alter function scoring.require_admin(uuid) owner to leadboard_view;
grant execute on function scoring.require_admin(uuid) to leadboard_rollup, leadboard_api;

comment on function scoring.require_admin(uuid) is
'LB404 for a stranger to the workspace, LB403 for a member who is neither owner nor admin, else nothing.';
