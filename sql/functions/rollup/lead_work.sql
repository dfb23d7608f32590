-- Work on one lead from a time on, as moments of rollup.lead_work_day and rollup.worked_day. What
-- counts as work is said by rollup.lead_work_day_rows.
create function rollup.lead_work(p_workspace_id uuid, p_lead_id uuid, p_from_at timestamptz)
returns table (family text, subject_id uuid, at timestamptz)
language sql
stable
as $$
    select
        c.family,
        c.subject_id,
        w.at
    from (
        select
            t.created_by_user_id as actor_id,
            t.created_at as at
        from crm.tasks as t
        where
            t.workspace_id = p_workspace_id
            and t.lead_id = p_lead_id
            and t.created_by_user_id is not null
            and t.created_at >= p_from_at
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
            and crm.is_contact(a.type)
    ) as w
    cross join lateral (
        values
        ('lead_work_day', p_lead_id),
        ('worked_day', w.actor_id)
    ) as c (family, subject_id)
$$;
alter function rollup.lead_work(uuid, uuid, timestamptz) owner to leadboard_rollup;

comment on function rollup.lead_work(uuid, uuid, timestamptz) is
'Who worked one lead when, from a time on: moments of rollup.lead_work_day and rollup.worked_day.';
