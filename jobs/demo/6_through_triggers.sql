-- Writes the leads of the chunk as life would: they arrive, and then they change step by step. The
-- triggers write the history, the ownership and everything else that follows.

insert into crm.leads
(
    workspace_id,
    id,
    branch_id,
    owner_user_id,
    created_by_user_id,
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
    status,
    status_changed_at,
    industry_id,
    country,
    province,
    postcode,
    company_size,
    tags,
    score,
    price_at_purchase,
    assigned_at,
    created_at
)
select
    l.workspace_id,
    l.id,
    l.branch_id,
    o.user_id,
    l.creator_id,
    l.creator_id,
    'demo',
    'lead-' || l.n,
    d.first_name,
    d.last_name,
    d.company,
    d.job_title,
    d.email,
    d.phone,
    l.source,
    'new',
    l.created_at,
    i.id,
    l.country,
    d.province,
    d.postcode,
    d.company_size,
    d.tags,
    d.score,
    d.price,
    case when o.user_id is not null then l.created_at end,
    l.created_at
from demo_lead as l
inner join demo_detail as d on d.n = l.n
inner join demo_owner as o on o.n = l.n and o.k = 1
left join demo_industries as i on i.industry_key = d.industry_key
order by l.n;

do $$
declare
    v_k integer;
begin
    for v_k in 2..(select max(k) from demo_owner) loop
        update crm.leads as l
        set owner_user_id = o.user_id, assigned_at = o.at
        from demo_owner as o
        where o.k = v_k and l.workspace_id = o.workspace_id and l.id = o.lead_id;
    end loop;
    for v_k in 2..(select max(k) from demo_step) loop
        update crm.leads as l
        set
            status = s.status,
            status_changed_at = s.at,
            changed_by_user_id = s.by_user_id,
            deal_value = case when s.status = 'won' then d.deal_value else l.deal_value end
        from demo_step as s
        inner join demo_detail as d on d.n = s.n
        where s.k = v_k and l.workspace_id = s.workspace_id and l.id = s.lead_id;
    end loop;
end
$$;

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
    source_system,
    occurred_at,
    recorded_at, created_at
)
select
    c.workspace_id,
    c.id,
    c.lead_id,
    c.user_id,
    c.type,
    c.title,
    c.duration_seconds,
    c.metadata,
    'demo',
    c.at,
    c.recorded_at,
    c.recorded_at
from demo_contact as c
order by c.recorded_at, c.id;
