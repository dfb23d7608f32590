-- Who has rep figures: every member of a workspace, whatever the role.
-- Grain: one row per (workspace, member). Deactivated members are listed with is_active false:
-- their history stays, current rankings leave them out.
-- zone is where the person's today is: the own branch's, else the workspace's.
-- Reads: crm.members, crm.workspaces, crm.branches.
create function metrics.reps(p_workspace_id uuid)
returns table (workspace_id uuid, user_id uuid, zone text, is_active boolean)
language sql
stable
parallel safe
as $$
    select
        m.workspace_id,
        m.user_id,
        coalesce(b.timezone, w.timezone) as zone,
        m.deactivated_at is null as is_active
    from crm.members as m
    inner join crm.workspaces as w on w.workspace_id = m.workspace_id
    left join crm.branches as b on b.workspace_id = m.workspace_id and b.id = m.branch_id
    where m.workspace_id = p_workspace_id
$$;
alter function metrics.reps(uuid) owner to leadboard_rollup;

comment on function metrics.reps(uuid) is
'Members of a workspace, with the time zone that dates their today.';
