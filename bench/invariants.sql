-- What is true of every lead, however it got into the database: through the triggers, or past them
-- by a bulk load. One row per lead and rule broken; none is right.
with contacts as (
    select
        a.workspace_id,
        a.lead_id,
        min(a.occurred_at) filter (where crm.is_contact(a.type)) as first_contact_at,
        (
            array_agg(a.actor_user_id order by a.occurred_at, a.id)
            filter (where a.actor_user_id is not null)
        )[1] as first_actor_id
    from crm.lead_activities as a
    group by a.workspace_id, a.lead_id
),

steps as (
    select
        h.workspace_id,
        h.lead_id,
        min(h.changed_at) filter (where h.status = 'accepted') as accepted_at,
        min(h.changed_at) filter (where h.status = 'rejected') as rejected_at,
        min(h.changed_at) filter (where h.status = 'qualified') as interested_at,
        min(h.changed_at) filter (where h.status = 'won') as won_at,
        min(h.changed_at) filter (where h.status = 'lost') as lost_at,
        min(h.changed_at) as begins_at,
        max(h.changed_at) as ends_at
    from crm.lead_status_history as h
    group by h.workspace_id, h.lead_id
),

stretches as (
    select
        o.workspace_id,
        o.lead_id,
        o.user_id,
        o.during,
        lead(lower(o.during)) over lead_window as next_start,
        row_number() over lead_window as number
    from crm.lead_ownership as o
    window lead_window as (partition by o.workspace_id, o.lead_id order by lower(o.during))
),

ownership as (
    select
        s.workspace_id,
        s.lead_id,
        min(lower(s.during)) as begins_at,
        bool_and(upper(s.during) is not distinct from s.next_start) as is_unbroken,
        max(lower(s.during)) as last_start,
        max(s.number) as count
    from stretches as s
    group by s.workspace_id, s.lead_id
),

facts as (
    select
        l.*,
        c.first_contact_at as contact_at,
        c.first_actor_id,
        s.accepted_at as step_accepted_at,
        s.rejected_at as step_rejected_at,
        s.interested_at as step_interested_at,
        s.won_at as step_won_at,
        s.lost_at as step_lost_at,
        s.begins_at as history_begins_at,
        s.ends_at as history_ends_at,
        o.begins_at as ownership_begins_at,
        o.is_unbroken,
        o.last_start,
        o.count as stretch_count,
        p.user_id as current_owner_id,
        p.lead_id is not null as has_current_owner
    from crm.leads as l
    left join contacts as c on c.workspace_id = l.workspace_id and c.lead_id = l.id
    left join steps as s on s.workspace_id = l.workspace_id and s.lead_id = l.id
    left join ownership as o on o.workspace_id = l.workspace_id and o.lead_id = l.id
    left join crm.lead_ownership as p
        on p.workspace_id = l.workspace_id and p.lead_id = l.id and upper_inf(p.during)
)

select
    r.rule,
    f.workspace_id,
    f.id as lead_id
from facts as f
inner join lateral (
    values
    (
        'first_contact_at is the earliest contact',
        f.first_contact_at is not distinct from f.contact_at
    ),
    (
        'stage times are the earliest of the history',
        (f.accepted_at, f.rejected_at, f.interested_at, f.won_at, f.lost_at)
        is not distinct from (
            f.step_accepted_at, f.step_rejected_at, f.step_interested_at, f.step_won_at,
            f.step_lost_at
        )
    ),
    (
        'the history begins with the lead and ends with the present status',
        f.history_begins_at = f.created_at
        and f.history_ends_at = f.status_changed_at
        and exists (
            select from crm.lead_status_history as h
            where
                h.workspace_id = f.workspace_id and h.lead_id = f.id
                and h.changed_at = f.status_changed_at and h.status = f.status
        )
    ),
    (
        'ownership begins with the lead, without gap or overlap, and ends with the owner',
        f.ownership_begins_at = f.created_at and f.is_unbroken and f.has_current_owner
        and f.current_owner_id is not distinct from f.owner_user_id
    ),
    (
        'assigned_at begins the owner''s stretch',
        f.assigned_at is not distinct from case
            when f.owner_user_id is not null then f.last_start
        end
    ),
    (
        'the credit goes to owner, creator or first actor',
        (f.credited_user_id, f.owner_basis) is not distinct from (
            coalesce(f.owner_user_id, f.created_by_user_id, f.first_actor_id),
            case
                when f.owner_user_id is not null then 'owner'
                when f.created_by_user_id is not null then 'creator'
                when f.first_actor_id is not null then 'first_actor'
                else 'nobody'
            end
        )
    ),
    (
        'every change after the first has its activity',
        (
            select count(*) from crm.lead_activities as a
            where
                a.workspace_id = f.workspace_id and a.lead_id = f.id
                and a.type in ('status_change', 'status_change_contacted', 'conversion')
        ) = (
            select count(*) - 1 from crm.lead_status_history as h
            where h.workspace_id = f.workspace_id and h.lead_id = f.id
        )
        and (
            select count(*) from crm.lead_activities as a
            where
                a.workspace_id = f.workspace_id and a.lead_id = f.id and a.type = 'assignment'
        ) = f.stretch_count - 1
    )
) as r (rule, holds) on not coalesce(r.holds, false)
union all
select
    'a call with a lead is its activity',
    c.workspace_id,
    c.lead_id
from crm.call_logs as c
left join crm.lead_activities as a
    on a.workspace_id = c.workspace_id and a.call_log_id = c.id
where
    c.lead_id is not null
    and (
        crm.is_call_contact(c.direction, c.status) <> (a.id is not null)
        or (
            a.id is not null
            and (a.lead_id, a.occurred_at, a.actor_user_id)
            is distinct from (c.lead_id, c.started_at, c.user_id)
        )
    )
union all
select
    'every reference leads somewhere',
    x.workspace_id,
    x.lead_id
from (
    select
        workspace_id,
        lead_id
    from crm.lead_activities
    union all
    select
        workspace_id,
        lead_id
    from crm.lead_status_history
    union all
    select
        workspace_id,
        lead_id
    from crm.lead_ownership
    union all
    select
        workspace_id,
        lead_id
    from crm.tasks
    union all
    select
        workspace_id,
        lead_id
    from crm.notes
    union all
    select
        workspace_id,
        lead_id
    from crm.campaign_leads
    union all
    select
        workspace_id,
        lead_id
    from crm.lead_feedback
    union all
    select
        workspace_id,
        lead_id
    from crm.support_tickets
) as x
left join crm.leads as l on l.workspace_id = x.workspace_id and l.id = x.lead_id
where l.id is null
