-- The figures of metrics.rep_performance straight from the facts, as one would write it without
-- rollups: each table read once for the window, by its index or from end to end as the planner likes.
with zones as (
    select
        b.id as branch_id,
        coalesce(b.timezone, w.timezone) as zone
    from crm.workspaces as w
    inner join crm.branches as b on b.workspace_id = w.workspace_id
    where w.workspace_id = %(workspace)s
    union all
    select
        null,
        w.timezone
    from crm.workspaces as w
    where w.workspace_id = %(workspace)s
),

bounds as (
    -- Local days of any zone lie between these; the day itself is asked for in each lead's zone.
    select
        (%(from_day)s::date - 1)::timestamp at time zone 'UTC' as from_at,
        (%(to_day)s::date + 1)::timestamp at time zone 'UTC' as to_at
),

by_source as (
    select
        l.credited_user_id as user_id,
        l.source,
        count(*) as leads,
        count(l.first_contact_at) as contacted,
        sum(greatest(extract(epoch from l.first_contact_at - l.created_at), 0)) as response_seconds,
        count(*) filter (
            where l.status = 'won' or (l.status = 'completed' and l.won_at is not null)
        ) as won
    from bounds as x
    inner join crm.leads as l
        on l.workspace_id = %(workspace)s and l.created_at >= x.from_at and l.created_at < x.to_at
    inner join zones as z on z.branch_id is not distinct from l.branch_id
    where
        (l.created_at at time zone z.zone)::date >= %(from_day)s
        and (l.created_at at time zone z.zone)::date < %(to_day)s
    group by l.credited_user_id, l.source
),

cohort as (
    select
        b.user_id,
        sum(b.leads) as leads,
        jsonb_object_agg(b.source, b.leads) as source_leads,
        sum(b.contacted) as contacted,
        sum(b.response_seconds) as response_seconds,
        sum(b.won) as won
    from by_source as b
    group by b.user_id
),

created as (
    select
        t.created_by_user_id as user_id,
        count(*) as created,
        count(t.completed_at) as created_completed
    from bounds as x
    inner join crm.tasks as t
        on t.workspace_id = %(workspace)s and t.created_at >= x.from_at and t.created_at < x.to_at
    inner join crm.leads as l on l.workspace_id = t.workspace_id and l.id = t.lead_id
    inner join zones as z on z.branch_id is not distinct from l.branch_id
    where
        (t.created_at at time zone z.zone)::date >= %(from_day)s
        and (t.created_at at time zone z.zone)::date < %(to_day)s
    group by t.created_by_user_id
),

completed as (
    select
        t.completed_by_user_id as user_id,
        count(*) as completed
    from bounds as x
    inner join crm.tasks as t
        on
            t.workspace_id = %(workspace)s
            and t.completed_at >= x.from_at
            and t.completed_at < x.to_at
    inner join crm.leads as l on l.workspace_id = t.workspace_id and l.id = t.lead_id
    inner join zones as z on z.branch_id is not distinct from l.branch_id
    where
        (t.completed_at at time zone z.zone)::date >= %(from_day)s
        and (t.completed_at at time zone z.zone)::date < %(to_day)s
    group by t.completed_by_user_id
),

work as (
    select
        e.user_id,
        count(distinct e.lead_id) as leads,
        count(*) as works
    from bounds as x
    cross join lateral (
        select
            t.created_by_user_id as user_id,
            t.lead_id,
            t.created_at as at
        from crm.tasks as t
        where
            t.workspace_id = %(workspace)s
            and t.created_at >= x.from_at
            and t.created_at < x.to_at
        union all
        select
            n.created_by_user_id,
            n.lead_id,
            n.created_at
        from crm.notes as n
        where
            n.workspace_id = %(workspace)s
            and n.created_at >= x.from_at
            and n.created_at < x.to_at
        union all
        select
            a.actor_user_id,
            a.lead_id,
            a.occurred_at
        from crm.lead_activities as a
        where
            a.workspace_id = %(workspace)s
            and a.occurred_at >= x.from_at
            and a.occurred_at < x.to_at
            and a.type in (
                'phone_call', 'email_sent', 'whatsapp', 'sms', 'meeting', 'status_change_contacted'
            )
    ) as e
    inner join crm.leads as l on l.workspace_id = %(workspace)s and l.id = e.lead_id
    inner join zones as z on z.branch_id is not distinct from l.branch_id
    where
        (e.at at time zone z.zone)::date >= %(from_day)s
        and (e.at at time zone z.zone)::date < %(to_day)s
    group by e.user_id
),

sendings as (
    select
        c.owner_at_send as user_id,
        count(*) as sent,
        count(c.first_opened_at) as opened,
        count(*) filter (where c.first_replied_at >= c.sent_at) as replied,
        count(c.bounced_at) as bounced
    from bounds as x
    inner join crm.campaign_leads as c
        on c.workspace_id = %(workspace)s and c.sent_at >= x.from_at and c.sent_at < x.to_at
    inner join crm.leads as l on l.workspace_id = c.workspace_id and l.id = c.lead_id
    inner join zones as z on z.branch_id is not distinct from l.branch_id
    where
        (c.sent_at at time zone z.zone)::date >= %(from_day)s
        and (c.sent_at at time zone z.zone)::date < %(to_day)s
    group by c.owner_at_send
)

select
    m.user_id,
    coalesce(c.leads, 0)::bigint as new_leads_owned,
    coalesce(c.source_leads, '{}') as source_leads,
    coalesce(c.contacted, 0)::bigint as leads_contacted,
    coalesce(c.response_seconds, 0) as response_seconds,
    coalesce(c.won, 0)::bigint as won_leads,
    coalesce(k.leads, 0)::bigint as leads_worked,
    coalesce(k.works, 0)::bigint as activities,
    coalesce(t.created, 0)::bigint as tasks_created,
    coalesce(t.created_completed, 0)::bigint as tasks_created_completed,
    coalesce(d.completed, 0)::bigint as tasks_completed,
    coalesce(s.sent, 0)::bigint as campaign_leads_sent,
    coalesce(s.opened, 0)::bigint as campaign_opens,
    coalesce(s.replied, 0)::bigint as campaign_replies,
    coalesce(s.bounced, 0)::bigint as campaign_bounces
from crm.members as m
left join cohort as c on c.user_id = m.user_id
left join work as k on k.user_id = m.user_id
left join created as t on t.user_id = m.user_id
left join completed as d on d.user_id = m.user_id
left join sendings as s on s.user_id = m.user_id
where m.workspace_id = %(workspace)s and m.deactivated_at is null
order by m.user_id
