-- rollup.work_on_lead for all leads of a workspace, found by the members and the times.
-- Grain: one row per piece of work. One statement without SET, so it inlines.
create function rollup.work_of_members(
    p_workspace_id uuid, p_from_at timestamptz, p_to_at timestamptz
)
returns table (lead_id uuid, actor_id uuid, at timestamptz)
language sql
stable
parallel safe
as $$
    select
        t.lead_id,
        m.subject_id,
        t.created_at
    from rollup.people(p_workspace_id, null) as m
    inner join crm.tasks as t
        on
            t.workspace_id = p_workspace_id
            and t.created_by_user_id = m.subject_id
            and t.created_at >= p_from_at
            and t.created_at < p_to_at
    union all
    select
        n.lead_id,
        m.subject_id,
        n.created_at
    from rollup.people(p_workspace_id, null) as m
    inner join crm.notes as n
        on
            n.workspace_id = p_workspace_id
            and n.created_by_user_id = m.subject_id
            and n.created_at >= p_from_at
            and n.created_at < p_to_at
    union all
    select
        a.lead_id,
        m.subject_id,
        a.occurred_at
    from rollup.people(p_workspace_id, null) as m
    inner join crm.lead_activities as a
        on
            a.workspace_id = p_workspace_id
            and a.actor_user_id = m.subject_id
            and a.occurred_at >= p_from_at
            and a.occurred_at < p_to_at
    where crm.is_contact(a.type)
$$;
alter function rollup.work_of_members(uuid, timestamptz, timestamptz) owner to leadboard_rollup;

comment on function rollup.work_of_members(uuid, timestamptz, timestamptz) is
'Who worked which lead when, in [from, to), in one workspace: what rollup.work_on_lead says of each lead.';
