-- Who is an agent of a workspace: active members with the role agent.
-- Grain: one row per (workspace, member). zone is where the person's today is: the own branch's,
-- else the workspace's.
-- Reads: crm.members, crm.workspaces, crm.branches.
create function metrics.agents(p_workspace_id uuid)
returns table (workspace_id uuid, user_id uuid, today date)
language sql
stable
parallel safe
as $$
    select
        m.workspace_id,
        m.user_id,
        app.today(coalesce(b.timezone, w.timezone)) as today
    from crm.members as m
    inner join crm.workspaces as w on w.workspace_id = m.workspace_id
    left join crm.branches as b on b.workspace_id = m.workspace_id and b.id = m.branch_id
    where
        m.workspace_id = p_workspace_id
        and m.role = 'agent'
        and m.deactivated_at is null
$$;
alter function metrics.agents(uuid) owner to leadboard_rollup;

comment on function metrics.agents(uuid) is
'Active agents of a workspace, with the local day it is for each.';
