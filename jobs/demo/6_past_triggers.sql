-- Writes the leads of the chunk in their present state, with all that the triggers would have
-- written on the way there: history, ownership, activities, stage times, first contact, credit. For
-- large sets; a test loads the same set both ways and compares.

-- Activities: those that record a change of status or owner, the calls, and the contacts.
create temporary table demo_activity as
select
    s.workspace_id,
    pg_temp.key(s.at, 20, s.n, s.k) as id,
    s.lead_id,
    s.by_user_id as actor_user_id,
    crm.status_activity_type(s.status) as type,
    crm.status_title(s.status) as title,
    null::integer as duration_seconds,
    crm.status_metadata(s.former_status, s.status, d.deal_value) as metadata,
    null::uuid as call_log_id,
    'leadboard' as source_system,
    s.at as occurred_at,
    pg_temp.present() as recorded_at
from (
    select
        x.*,
        lag(x.status) over (partition by x.n order by x.k) as former_status
    from demo_step as x
) as s
inner join demo_detail as d on d.n = s.n
where s.k > 1
union all
select
    o.workspace_id,
    pg_temp.key(o.at, 21, o.n, o.k),
    o.lead_id,
    null,
    'assignment',
    'Assigned',
    null,
    jsonb_build_object('from', o.former_user_id, 'to', o.user_id),
    null,
    'leadboard',
    o.at,
    pg_temp.present()
from (
    select
        x.*,
        lag(x.user_id) over (partition by x.n order by x.k) as former_user_id
    from demo_owner as x
) as o
where o.k > 1
union all
select
    c.workspace_id,
    pg_temp.key(c.started_at, 22, c.no, 0),
    c.lead_id,
    c.user_id,
    'phone_call',
    crm.call_title(c.direction, c.status),
    c.duration_seconds,
    crm.call_metadata(c.direction, c.status, c.outcome),
    c.id,
    'leadboard',
    c.started_at,
    pg_temp.present()
from demo_call as c
where c.lead_id is not null and crm.is_call_contact(c.direction, c.status)
union all
select
    c.workspace_id,
    c.id,
    c.lead_id,
    c.user_id,
    c.type,
    c.title,
    c.duration_seconds,
    c.metadata,
    null,
    'demo',
    c.at,
    c.recorded_at
from demo_contact as c;

-- What the activities say about the lead.
create temporary table demo_first as
select
    a.lead_id,
    min(a.occurred_at) filter (where crm.is_contact(a.type)) as first_contact_at,
    (
        array_agg(a.actor_user_id order by a.occurred_at, a.id) filter (
            where a.actor_user_id is not null
        )
    )[1]
        as first_actor_id
from demo_activity as a
group by a.lead_id;

create temporary table demo_stage as
select
    s.n,
    max(s.k) as last_k,
    min(s.at) filter (where s.status = 'accepted') as accepted_at,
    min(s.at) filter (where s.status = 'rejected') as rejected_at,
    min(s.at) filter (where s.status = 'qualified') as interested_at,
    min(s.at) filter (where s.status = 'won') as won_at,
    min(s.at) filter (where s.status = 'lost') as lost_at
from demo_step as s
group by s.n;

create temporary table demo_holder as
select distinct on (o.n)
    o.n,
    o.k,
    o.user_id,
    o.at
from demo_owner as o
order by o.n, o.k desc;
analyze demo_activity, demo_first, demo_stage, demo_holder;

insert into crm.leads
(
    workspace_id, id, branch_id, owner_user_id, credited_user_id, owner_basis, created_by_user_id,
    changed_by_user_id,
    source_system,
    external_id,
    first_name,
    last_name,
    company,
    job_title,
    email,
    phone,
    source,
    status, status_changed_at, industry_id, country, province, postcode, company_size, tags, score,
    price_at_purchase,
    deal_value,
    assigned_at,
    accepted_at,
    rejected_at,
    first_contact_at,
    interested_at,
    won_at,
    lost_at, created_at
)
select
    l.workspace_id,
    l.id,
    l.branch_id,
    h.user_id,
    coalesce(h.user_id, l.creator_id, f.first_actor_id),
    case
        when h.user_id is not null then 'owner'
        when l.creator_id is not null then 'creator'
        when f.first_actor_id is not null then 'first_actor'
        else 'nobody'
    end,
    l.creator_id,
    -- Giving the lead to somebody is a change too, made by nobody here.
    case when g.last_k > 1 or h.k = 1 then s.by_user_id end,
    'demo',
    'lead-' || l.n,
    d.first_name,
    d.last_name,
    d.company,
    d.job_title,
    d.email,
    d.phone,
    l.source,
    s.status,
    s.at,
    i.id,
    l.country,
    d.province,
    d.postcode,
    d.company_size,
    d.tags,
    d.score,
    d.price,
    case when g.won_at is not null then d.deal_value end,
    case when h.user_id is not null then h.at end,
    g.accepted_at,
    g.rejected_at,
    f.first_contact_at,
    g.interested_at,
    g.won_at,
    g.lost_at,
    l.created_at
from demo_lead as l
inner join demo_detail as d on d.n = l.n
inner join demo_stage as g on g.n = l.n
inner join demo_step as s on s.n = l.n and s.k = g.last_k
inner join demo_holder as h on h.n = l.n
left join demo_first as f on f.lead_id = l.id
left join demo_industries as i on i.industry_key = d.industry_key
order by l.n;

insert into crm.lead_status_history
(workspace_id, id, lead_id, status, changed_at, changed_by_user_id, created_at)
select
    s.workspace_id,
    pg_temp.key(s.at, 23, s.n, s.k),
    s.lead_id,
    s.status,
    s.at,
    s.by_user_id,
    s.at
from demo_step as s
order by s.n, s.k;

insert into crm.lead_ownership (workspace_id, id, lead_id, user_id, during, created_at)
select
    o.workspace_id,
    pg_temp.key(o.at, 24, o.n, o.k),
    o.lead_id,
    o.user_id,
    tstzrange(o.at, lead(o.at) over (partition by o.n order by o.k)),
    o.at
from demo_owner as o
order by o.n, o.k;

insert into crm.call_logs
(
    workspace_id,
    id,
    branch_id,
    lead_id,
    user_id,
    direction,
    status,
    outcome,
    duration_seconds,
    started_at,
    source_system, external_id, created_at
)
select
    c.workspace_id,
    c.id,
    c.branch_id,
    c.lead_id,
    c.user_id,
    c.direction,
    c.status,
    c.outcome,
    c.duration_seconds,
    c.started_at,
    'demo',
    'call-' || c.no,
    c.started_at
from demo_call as c
order by c.started_at, c.no;

insert into crm.lead_activities
(
    workspace_id,
    id,
    lead_id,
    actor_user_id,
    type,
    title,
    duration_seconds,
    metadata,
    call_log_id,
    source_system,
    occurred_at, recorded_at, created_at
)
select
    a.workspace_id,
    a.id,
    a.lead_id,
    a.actor_user_id,
    a.type,
    a.title,
    a.duration_seconds,
    a.metadata,
    a.call_log_id,
    a.source_system,
    a.occurred_at,
    a.recorded_at,
    a.recorded_at
from demo_activity as a
order by a.workspace_id, a.occurred_at;

drop table demo_activity, demo_first, demo_stage, demo_holder;
