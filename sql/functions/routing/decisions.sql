-- The log of decisions, newest first, each in a sentence. For owners, admins and the router's
-- login. Ids are made in the order of time. p_before is the last decision of the page before; null
-- for the first page.
-- Grain: one row per decision.
create function routing.decisions(
    p_workspace_id uuid, p_language text, p_before uuid, p_limit integer
)
returns table (decision_id uuid, body jsonb)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform routing.require_right(p_workspace_id);
    return query
    select
        d.id,
        routing.decision_body(d)
        || jsonb_build_object('language', p_language, 'sentence', routing.sentence(d, p_language))
    from routing.lead_assignment_logs as d
    where d.workspace_id = p_workspace_id and (p_before is null or d.id < p_before)
    order by d.id desc
    limit p_limit;
end
$$;
alter function routing.decisions(uuid, text, uuid, integer) owner to leadboard_owner;
grant execute on function routing.decisions(uuid, text, uuid, integer)
to leadboard_router, leadboard_api;

comment on function routing.decisions(uuid, text, uuid, integer) is
'Routing decisions of a workspace, newest first, each in a sentence; keyset pages.';
