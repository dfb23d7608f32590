-- LB403 unless the caller may manage the reports of the branch; of any branch when it is null.
-- LB404 for a branch that the workspace does not have.
create function reporting.require_right(p_workspace_id uuid, p_branch_id uuid)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user_id constant uuid := app.current_user_id();
begin
    if not exists (
        select from crm.members as m
        where
            m.workspace_id = p_workspace_id
            and m.user_id = v_user_id
            and m.deactivated_at is null
            and (m.role in ('owner', 'admin') or (m.role = 'manager' and m.branch_id is not null))
    ) then
        raise exception using
            errcode = 'LB403',
            message = 'Reports are managed by owners, admins and managers of the branch.';
    end if;
    if p_branch_id is null then
        return;
    end if;
    if not exists (
        select from crm.branches as b
        where b.workspace_id = p_workspace_id and b.id = p_branch_id
    ) then
        raise exception using errcode = 'LB404', message = 'No such branch.';
    end if;
    if not reporting.may_manage(v_user_id, p_workspace_id, p_branch_id) then
        raise exception using
            errcode = 'LB403',
            message = 'A manager manages the reports of the own branch only.';
    end if;
end
$$;
alter function reporting.require_right(uuid, uuid) owner to leadboard_owner;

comment on function reporting.require_right(uuid, uuid) is
'LB403 unless the caller may manage the reports of the branch (null: of any), LB404 for an unknown branch.';
