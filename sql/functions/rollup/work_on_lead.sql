-- Work on one lead in [p_from_at, p_to_at), and by whom: tasks and notes created, contact
-- activities. Work by nobody is no work. The same of all leads is rollup.work_of_members.
-- Grain: one row per piece of work. One statement without SET, so it inlines.
create function rollup.work_on_lead(
    p_workspace_id uuid, p_lead_id uuid, p_from_at timestamptz, p_to_at timestamptz
)
returns table (actor_id uuid, at timestamptz)
language sql
stable
parallel safe
as $$
    select
        t.created_by_user_id,
        t.created_at
    from crm.tasks as t
    where
        t.workspace_id = p_workspace_id
        and t.lead_id = p_lead_id
        and t.created_by_user_id is not null
        and t.created_at >= p_from_at
        and t.created_at < p_to_at
    union all
    select
        n.created_by_user_id,
        n.created_at
    from crm.notes as n
    where
        n.workspace_id = p_workspace_id
        and n.lead_id = p_lead_id
        and n.created_by_user_id is not null
        and n.created_at >= p_from_at
        and n.created_at < p_to_at
    union all
    select
        a.actor_user_id,
        a.occurred_at
    from crm.lead_activities as a
    where
        a.workspace_id = p_workspace_id
        and a.lead_id = p_lead_id
        and a.actor_user_id is not null
        and a.occurred_at >= p_from_at
        and a.occurred_at < p_to_at
        and crm.is_contact(a.type)
$$;
alter function rollup.work_on_lead(uuid, uuid, timestamptz, timestamptz) owner to leadboard_rollup;

comment on function rollup.work_on_lead(uuid, uuid, timestamptz, timestamptz) is
'Who worked one lead when, in [from, to): tasks and notes created, contact activities logged.';
