-- Explains a decision: a sentence in English (en) or Dutch (nl) and the machine-readable parts. For
-- owners, admins and the router's login. LB404: no such decision. LB400: another language.
create function routing.explain(
    p_workspace_id uuid, p_decision_id uuid, p_language text default 'en'
)
returns jsonb
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_decision routing.lead_assignment_logs;
begin
    perform routing.require_right(p_workspace_id);
    if p_language is null or p_language not in ('en', 'nl') then
        raise exception using errcode = 'LB400', message = 'The language is en or nl.';
    end if;
    select * into v_decision
    from routing.lead_assignment_logs as d
    where d.workspace_id = p_workspace_id and d.id = p_decision_id;
    if not found then
        raise exception using errcode = 'LB404', message = 'No such decision.';
    end if;
    return routing.explanation_body(v_decision, p_language);
end
$$;
alter function routing.explain(uuid, uuid, text) owner to leadboard_owner;
grant execute on function routing.explain(uuid, uuid, text) to leadboard_router, leadboard_api;

comment on function routing.explain(uuid, uuid, text) is
'Why a decision came out as it did: a sentence in English or Dutch, and every part.';
