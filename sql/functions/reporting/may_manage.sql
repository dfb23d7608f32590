-- Whether a person may see and manage the reports of a branch: owners and admins of the workspace,
-- and the manager of the branch. They see every lead and call of it (docs/security.md), so a report
-- about all of the branch shows them nothing new. Asked for people who are not there: the creator
-- of a subscription, when its report is made and again when it is sent.
create function reporting.may_manage(p_user_id uuid, p_workspace_id uuid, p_branch_id uuid)
returns boolean
language sql
stable
as $$
    select
        exists (
            select
            from crm.members as m
            inner join crm.users as u on u.id = m.user_id
            where
                m.workspace_id = p_workspace_id
                and m.user_id = p_user_id
                and m.deactivated_at is null
                and u.erased_at is null
                and (
                    m.role in ('owner', 'admin')
                    or (m.role = 'manager' and m.branch_id = p_branch_id)
                )
        )
$$;
alter function reporting.may_manage(uuid, uuid, uuid) owner to leadboard_owner;

comment on function reporting.may_manage(uuid, uuid, uuid) is
'Whether a person may see and manage the reports of a branch: owner, admin, or manager of it.';
