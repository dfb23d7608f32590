-- GET /api/routing/leads/{lead_id}/candidates: eligible candidates best first, then the refused
-- with reason codes. Scores and parts to one decimal, credit to three. Not tagged: it is about this
-- very moment.
create function service.routing_candidates(
    p_user_id uuid, p_etag text, p_workspace_id uuid, p_lead_id uuid
)
returns table (etag text, body json)
language plpgsql
volatile
as $$
declare
    v_workspace_id uuid := (service.enter(p_user_id, p_workspace_id)).workspace_id;
begin
    select
        json_build_object(
            'lead_id', p_lead_id,
            'candidates', coalesce(
                json_agg(
                    json_build_object(
                        'partner_id', c.user_id,
                        'partner_name', n.name,
                        'rank', case when c.is_eligible then c.rank end,
                        'eligible', c.is_eligible,
                        'refusals', c.refusals,
                        'total', round(c.total, 1),
                        'region', round(c.region_part, 1),
                        'region_match', c.region_match,
                        'industry_match', c.industry_match,
                        'performance', round(c.performance_part, 1),
                        'performance_basis', c.performance_basis,
                        'fairness', round(c.fairness_part, 1),
                        'credit', round(c.credit, 3),
                        'share', round(c.share, 4),
                        'open_leads', c.open_leads,
                        'routed_today', c.routed_today,
                        'routed_this_month', c.routed_this_month,
                        'last_lead_at', c.last_lead_at
                    )
                    order by c.is_eligible desc, c.rank
                ),
                '[]'
            )
        )
    into body
    from routing.candidates(v_workspace_id, p_lead_id) as c
    left join analytics.members as n on n.workspace_id = v_workspace_id and n.user_id = c.user_id;
    return next;
end
$$;
alter function service.routing_candidates(uuid, text, uuid, uuid) owner to leadboard_view;
grant execute on function service.routing_candidates(uuid, text, uuid, uuid) to leadboard_api;

comment on function service.routing_candidates(uuid, text, uuid, uuid) is
'GET /api/routing/leads/{lead_id}/candidates: who could have a lead, ranked, and why others could not.';
