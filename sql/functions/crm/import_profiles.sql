-- Lands the routing profiles of import_row (see crm.read_import); returns how many were new and how
-- many changed. An empty cell leaves what is known, or the default of a new profile.
create function crm.import_profiles(p_import crm.imports)
returns table (inserted bigint, updated bigint)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    with wanted as (
        select
            i.person as user_id,
            p.user_id is null as is_new,
            coalesce(i.primary_branch, p.primary_branch) as primary_branch,
            coalesce(i.regions, p.regions, '{}') as regions,
            coalesce(i.lead_industries, p.lead_industries, '{}') as lead_industries,
            coalesce(i.lead_locations, p.lead_locations, '{}') as lead_locations,
            coalesce(i.max_open_leads, p.max_open_leads) as max_open_leads,
            coalesce(i.daily_cap, p.daily_cap) as daily_cap,
            coalesce(i.monthly_cap, p.monthly_cap) as monthly_cap,
            coalesce(i.is_active_for_routing, p.is_active_for_routing, true) as is_active_for_routing,
            coalesce(i.paused_until, p.paused_until) as paused_until,
            coalesce(i.routing_priority, p.routing_priority, 0) as routing_priority,
            coalesce(i.base_weight, p.base_weight, 1) as base_weight,
            coalesce(i.ai_risk_score, p.ai_risk_score) as ai_risk_score,
            coalesce(i.ai_risk_level, p.ai_risk_level) as ai_risk_level,
            coalesce(i.ai_risk_assessed_at, p.ai_risk_assessed_at) as ai_risk_assessed_at
        from pg_temp.import_row as i
        left join crm.profiles as p
            on p.workspace_id = p_import.workspace_id and p.user_id = i.person
    ),

    changed as (
        update crm.profiles as p
        set
            primary_branch = w.primary_branch,
            regions = w.regions,
            lead_industries = w.lead_industries,
            lead_locations = w.lead_locations,
            max_open_leads = w.max_open_leads,
            daily_cap = w.daily_cap,
            monthly_cap = w.monthly_cap,
            is_active_for_routing = w.is_active_for_routing,
            paused_until = w.paused_until,
            routing_priority = w.routing_priority,
            base_weight = w.base_weight,
            ai_risk_score = w.ai_risk_score,
            ai_risk_level = w.ai_risk_level,
            ai_risk_assessed_at = w.ai_risk_assessed_at
        from wanted as w
        where
            p.workspace_id = p_import.workspace_id
            and p.user_id = w.user_id
            and (
                p.primary_branch, p.regions, p.lead_industries, p.lead_locations, p.max_open_leads,
                p.daily_cap, p.monthly_cap, p.is_active_for_routing, p.paused_until,
                p.routing_priority, p.base_weight, p.ai_risk_score, p.ai_risk_level,
                p.ai_risk_assessed_at
            ) is distinct from (
                w.primary_branch, w.regions, w.lead_industries, w.lead_locations, w.max_open_leads,
                w.daily_cap, w.monthly_cap, w.is_active_for_routing, w.paused_until,
                w.routing_priority, w.base_weight, w.ai_risk_score, w.ai_risk_level,
                w.ai_risk_assessed_at
            )
        returning 1
    ),

    added as (
        insert into crm.profiles (
            workspace_id, user_id, primary_branch, regions, lead_industries, lead_locations,
            max_open_leads, daily_cap, monthly_cap, is_active_for_routing, paused_until,
            routing_priority, base_weight, ai_risk_score, ai_risk_level, ai_risk_assessed_at
        )
        select
            p_import.workspace_id,
            w.user_id,
            w.primary_branch,
            w.regions,
            w.lead_industries,
            w.lead_locations,
            w.max_open_leads,
            w.daily_cap,
            w.monthly_cap,
            w.is_active_for_routing,
            w.paused_until,
            w.routing_priority,
            w.base_weight,
            w.ai_risk_score,
            w.ai_risk_level,
            w.ai_risk_assessed_at
        from wanted as w
        where w.is_new
        on conflict do nothing
        returning 1
    )

    select
        (select count(*) from added as a),
        (select count(*) from changed as c);
end
$$;
alter function crm.import_profiles(crm.imports) owner to leadboard_owner;

comment on function crm.import_profiles(crm.imports) is
'Lands the routing profiles of an import; counts new and changed ones.';
