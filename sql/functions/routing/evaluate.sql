-- Everybody who could have a lead, judged: METRICS 3.2.
-- Grain: one row per member of the workspace with a routing profile.
-- Reads: the lead, crm.profiles, crm.members, crm.branches, crm.workspaces, crm.industries;
-- routing.current_load, routing.partner_credit, routing.active_settings; the decisions about this
-- lead; stats.partner_performance_stats. Never the history of leads: cost follows the candidates.
--
-- refusals holds every code that applies, empty for an eligible candidate: deactivated, inactive,
-- paused, open_cap, daily_cap, monthly_cap, industry, region, already_refused (rejected this lead
-- or let it time out). Days and months are those of the candidate's own time zone. performance is
-- the score as of the last refresh, else the workspace's mean, else 50; performance_basis says
-- which. industry_match and region_match say 'unknown' where the lead leaves it open. share is what
-- an eligible candidate accrues by this lead, base_weight over the sum of those eligible; NULL for
-- the refused. rank counts within the eligible, then within the rest: best total, routing_priority,
-- longest since the last lead, id. total is NULL for a region not served.
create function routing.evaluate(p_workspace_id uuid, p_lead_id uuid)
returns table (
    user_id uuid,
    rank integer,
    is_eligible boolean,
    refusals text[],
    total numeric,
    region_match text,
    region_part numeric,
    industry_match text,
    performance_basis text,
    performance_part numeric,
    fairness_part numeric,
    credit numeric,
    base_weight numeric,
    share numeric,
    routing_priority integer,
    open_leads integer,
    routed_today integer,
    routed_this_month integer,
    last_lead_at timestamptz,
    today date,
    weights_version integer,
    curves_version integer
)
language sql
stable
as $$
    with lead as materialized (
        select
            l.province,
            routing.postcode_starts(l.postcode) as postcode_starts,
            i.name as industry,
            app.now() as now
        from crm.leads as l
        left join crm.industries as i on i.id = l.industry_id
        where l.workspace_id = p_workspace_id and l.id = p_lead_id
    ),

    settings as materialized (
        select
            a.region_weight,
            a.performance_weight,
            a.fairness_weight
        from routing.active_settings(p_workspace_id) as a
    ),

    refused as materialized (
        select array_agg(d.chosen_user_id) as user_ids
        from routing.lead_assignment_logs as d
        where
            d.workspace_id = p_workspace_id
            and d.lead_id = p_lead_id
            and d.outcome in ('rejected', 'timed_out')
    ),

    scores as materialized (
        select
            s.partner_id,
            s.performance_score,
            s.weights_version,
            s.curves_version,
            avg(s.performance_score) over () as mean_score
        from stats.partner_performance_stats as s
        where s.workspace_id = p_workspace_id
    ),

    mean as materialized (
        select max(s.mean_score) as score
        from scores as s
    ),

    -- Few zones, many people: each zone is asked once.
    zones as materialized (
        select
            z.zone,
            d.today,
            date_trunc('month', d.today)::date as month_start
        from (
            select w.timezone as zone
            from crm.workspaces as w
            where w.workspace_id = p_workspace_id
            union
            select b.timezone
            from crm.branches as b
            where b.workspace_id = p_workspace_id and b.timezone is not null
        ) as z
        cross join lateral (select app.today(z.zone) as today) as d
    ),

    loads as materialized (
        select c.*
        from routing.current_load(p_workspace_id) as c
    ),

    -- Materialized here and below, or every figure is worked out again wherever it is named.
    candidates as materialized (
        select
            p.user_id,
            p.max_open_leads,
            p.daily_cap,
            p.monthly_cap,
            p.is_active_for_routing,
            p.paused_until,
            p.routing_priority,
            p.base_weight,
            m.deactivated_at,
            z.today,
            k.now,
            p.user_id = any(r.user_ids) as has_refused,
            coalesce(l.open_leads, 0) as open_leads,
            case when l.day >= z.today then l.routed_today else 0 end as routed_today,
            case
                when l.day >= z.month_start then l.routed_this_month
                else 0
            end as routed_this_month,
            l.last_lead_at,
            coalesce(c.credit, 0) as credit,
            routing.region_match(
                k.postcode_starts, k.province, p.lead_locations, p.regions
            ) as region_match,
            routing.industry_match(k.industry, p.lead_industries) as industry_match,
            case
                when s.performance_score is not null then 'measured'
                when n.score is not null then 'workspace_mean'
                else 'default'
            end as performance_basis,
            coalesce(s.performance_score, n.score, 50) as performance_part,
            s.weights_version,
            s.curves_version
        from lead as k
        cross join refused as r
        cross join mean as n
        inner join crm.profiles as p on p.workspace_id = p_workspace_id
        inner join crm.members as m on m.workspace_id = p.workspace_id and m.user_id = p.user_id
        inner join crm.workspaces as w on w.workspace_id = p.workspace_id
        left join crm.branches as b on b.workspace_id = m.workspace_id and b.id = m.branch_id
        left join zones as z on z.zone = coalesce(b.timezone, w.timezone)
        left join loads as l on l.user_id = p.user_id
        left join routing.partner_credit as c
            on c.workspace_id = p.workspace_id and c.user_id = p.user_id
        left join scores as s on s.partner_id = p.user_id
    ),

    judged as materialized (
        select
            c.*,
            array_remove(
                array[
                    case when c.deactivated_at is not null then 'deactivated' end,
                    case when not c.is_active_for_routing then 'inactive' end,
                    case when c.paused_until > c.now then 'paused' end,
                    case when c.open_leads >= c.max_open_leads then 'open_cap' end,
                    case when c.routed_today >= c.daily_cap then 'daily_cap' end,
                    case when c.routed_this_month >= c.monthly_cap then 'monthly_cap' end,
                    case when c.industry_match is null then 'industry' end,
                    case when c.region_match is null then 'region' end,
                    case when c.has_refused then 'already_refused' end
                ],
                null
            ) as refusals,
            routing.region_fit(c.region_match) as region_part,
            routing.fairness_score(c.credit) as fairness_part
        from candidates as c
    ),

    scored as (
        select
            j.*,
            cardinality(j.refusals) = 0 as is_eligible,
            routing.total_score(
                j.region_part,
                j.performance_part,
                j.fairness_part,
                t.region_weight,
                t.performance_weight,
                t.fairness_weight
            ) as total
        from judged as j
        cross join settings as t
    )

    select
        s.user_id,
        (
            row_number() over (
                partition by s.is_eligible
                order by
                    s.total desc nulls last, s.routing_priority desc, s.last_lead_at nulls first, s.user_id
            )
        )::integer as rank,
        s.is_eligible,
        s.refusals,
        s.total,
        s.region_match,
        s.region_part,
        s.industry_match,
        s.performance_basis,
        s.performance_part,
        s.fairness_part,
        s.credit,
        s.base_weight,
        case
            when s.is_eligible
                then round(s.base_weight / sum(s.base_weight) over (partition by s.is_eligible), 12)
        end as share,
        s.routing_priority,
        s.open_leads,
        s.routed_today,
        s.routed_this_month,
        s.last_lead_at,
        s.today,
        s.weights_version,
        s.curves_version
    from scored as s
$$;
alter function routing.evaluate(uuid, uuid) owner to leadboard_owner;

comment on function routing.evaluate(uuid, uuid) is
'Every candidate for a lead with parts, total and rank, or the codes why refused; the definition behind candidates and decisions.';
