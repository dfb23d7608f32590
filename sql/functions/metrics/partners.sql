-- Who has partner figures: members with role partner or agent, and anyone with a routing profile.
-- Grain: one row per (workspace, member). Deactivated members are listed with is_active false:
-- their history stays, current figures leave them out.
-- zone is where the person's today is: the own branch's, else the workspace's.
-- Reads: crm.members, crm.workspaces, crm.branches, crm.profiles.
create function metrics.partners(p_workspace_id uuid)
returns table (workspace_id uuid, partner_id uuid, zone text, is_active boolean)
language sql
stable
parallel safe
as $$
    select
        m.workspace_id,
        m.user_id as partner_id,
        coalesce(b.timezone, w.timezone) as zone,
        m.deactivated_at is null as is_active
    from crm.members as m
    inner join crm.workspaces as w on w.workspace_id = m.workspace_id
    left join crm.branches as b on b.workspace_id = m.workspace_id and b.id = m.branch_id
    where
        m.workspace_id = p_workspace_id
        and (
            m.role in ('partner', 'agent')
            or exists (
                select from crm.profiles as p
                where p.workspace_id = m.workspace_id and p.user_id = m.user_id
            )
        )
$$;
alter function metrics.partners(uuid) owner to leadboard_rollup;
grant execute on function metrics.partners(uuid) to leadboard_view;

comment on function metrics.partners(uuid) is
'Members of a workspace who have partner figures, with the time zone that dates their today.';
