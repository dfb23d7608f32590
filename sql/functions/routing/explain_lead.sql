-- All decisions about a lead, first to last, each explained as by routing.explain. LB404 for a lead
-- that is not in the workspace; an empty list for one that was never routed.
create function routing.explain_lead(
    p_workspace_id uuid, p_lead_id uuid, p_language text default 'en'
)
returns jsonb
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform routing.require_right(p_workspace_id);
    if p_language is null or p_language not in ('en', 'nl') then
        raise exception using errcode = 'LB400', message = 'The language is en or nl.';
    end if;
    if not exists (
        select from crm.leads as l
        where l.workspace_id = p_workspace_id and l.id = p_lead_id
    ) then
        raise exception using errcode = 'LB404', message = 'No such lead.';
    end if;
    return coalesce(
        (
            select jsonb_agg(routing.explanation_body(d, p_language) order by d.hop)
            from routing.lead_assignment_logs as d
            where d.workspace_id = p_workspace_id and d.lead_id = p_lead_id
        ),
        '[]'
    );
end
$$;
alter function routing.explain_lead(uuid, uuid, text) owner to leadboard_owner;
grant execute on function routing.explain_lead(uuid, uuid, text) to leadboard_router, leadboard_api;

comment on function routing.explain_lead(uuid, uuid, text) is
'All decisions about a lead, explained in English or Dutch.';
