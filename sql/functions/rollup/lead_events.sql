-- Everything that a lead's branch dates but work and sendings, as moments of rollup.activity_day,
-- rollup.task_day and rollup.service_day.
create function rollup.lead_events(p_workspace_id uuid, p_lead_id uuid)
returns table (family text, subject_id uuid, at timestamptz)
language sql
stable
as $$
    select
        'activity_day',
        coalesce(a.actor_user_id, app.nobody()),
        a.occurred_at
    from crm.lead_activities as a
    where a.workspace_id = p_workspace_id and a.lead_id = p_lead_id
    union all
    select
        'task_day',
        p.subject_id,
        p.at
    from crm.tasks as t
    cross join lateral (
        values
        (t.created_by_user_id, t.created_at),
        (t.completed_by_user_id, t.completed_at),
        (t.assigned_to_user_id, t.due_at)
    ) as p (subject_id, at)
    where
        t.workspace_id = p_workspace_id
        and t.lead_id = p_lead_id
        and p.subject_id is not null
        and p.at is not null
    union all
    select
        'service_day',
        f.user_id,
        f.created_at
    from crm.lead_feedback as f
    where f.workspace_id = p_workspace_id and f.lead_id = p_lead_id and f.user_id is not null
    union all
    select
        'service_day',
        t.user_id,
        t.created_at
    from crm.support_tickets as t
    where t.workspace_id = p_workspace_id and t.lead_id = p_lead_id and t.user_id is not null
$$;
alter function rollup.lead_events(uuid, uuid) owner to leadboard_rollup;

comment on function rollup.lead_events(uuid, uuid) is
'What was done with one lead, when and by or about whom: moments of rollup.activity_day, rollup.task_day and rollup.service_day.';
