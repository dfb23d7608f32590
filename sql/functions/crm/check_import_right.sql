-- Who may import: the deploying login, and the owners and admins of the workspace. Returns the
-- caller, null for the deploying login. Raises LB404 for a stranger, LB403 for other members.
create function crm.check_import_right(p_workspace_id uuid)
returns uuid
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_role text;
begin
    if app.is_operator() then
        if not exists (select from crm.workspaces as w where w.workspace_id = p_workspace_id) then
            raise exception using errcode = 'LB404', message = 'No such workspace.';
        end if;
        return null;
    end if;
    select m.role
    into v_role
    from app.current_member(p_workspace_id) as m;
    if v_role is null then
        raise exception using errcode = 'LB404', message = 'No such workspace.';
    end if;
    if v_role not in ('owner', 'admin') then
        raise exception using errcode = 'LB403', message = 'Only owners and admins import files.';
    end if;
    return app.current_user_id();
end
$$;
alter function crm.check_import_right(uuid) owner to leadboard_owner;

comment on function crm.check_import_right(uuid) is
'The caller, if they may import into the workspace (null for the deploying login); LB403 or LB404 otherwise.';
