-- Who may define metrics: owners, admins and managers of the workspace. To a stranger the workspace
-- does not exist.
create function crm.check_metric_right(p_workspace_id uuid)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_role text;
begin
    select c.role into v_role
    from app.current_member(p_workspace_id) as c;
    if not found then
        raise exception using errcode = 'LB404', message = 'No such workspace.';
    end if;
    if v_role not in ('owner', 'admin', 'manager') then
        raise exception using
            errcode = 'LB403', message = 'Only owners, admins and managers define metrics.';
    end if;
end
$$;
alter function crm.check_metric_right(uuid) owner to leadboard_owner;

comment on function crm.check_metric_right(uuid) is
'LB404 for a stranger to the workspace, LB403 for a member who may not define metrics, else nothing.';
