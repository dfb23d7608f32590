-- Who could have a lead, best first, then the refused: what routing.assign_lead would see now.
-- Changes nothing and locks nothing. For owners, admins and the router's login; LB404 for a lead
-- that is not in the workspace.
-- Planning the judgement takes longer than carrying it out, so its plan is kept; a plan made while
-- there were few candidates must serve a thousand, so it joins by hashing.
create function routing.candidates(p_workspace_id uuid, p_lead_id uuid)
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
    last_lead_at timestamptz
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set jit = off
set plan_cache_mode = force_generic_plan
set enable_nestloop = off
as $$
begin
    perform routing.require_right(p_workspace_id);
    if not exists (
        select from crm.leads as l
        where l.workspace_id = p_workspace_id and l.id = p_lead_id
    ) then
        raise exception using errcode = 'LB404', message = 'No such lead.';
    end if;
    return query
    select
        e.user_id,
        e.rank,
        e.is_eligible,
        e.refusals,
        e.total,
        e.region_match,
        e.region_part,
        e.industry_match,
        e.performance_basis,
        e.performance_part,
        e.fairness_part,
        e.credit,
        e.base_weight,
        e.share,
        e.routing_priority,
        e.open_leads,
        e.routed_today,
        e.routed_this_month,
        e.last_lead_at
    from routing.evaluate(p_workspace_id, p_lead_id) as e
    order by e.is_eligible desc, e.rank;
end
$$;
alter function routing.candidates(uuid, uuid) owner to leadboard_owner;
grant execute on function routing.candidates(uuid, uuid) to leadboard_router, leadboard_api;

comment on function routing.candidates(uuid, uuid) is
'Who could have a lead: eligible candidates ranked with their parts, then the refused with reason codes.';
