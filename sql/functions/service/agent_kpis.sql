-- GET /agent/analytics/kpis: the caller's figures over the last p_days local days, and how they
-- changed against as many days before. Percent, hours and ratings with one decimal, money with two.
create function service.agent_kpis(
    p_user_id uuid, p_etag text, p_workspace_id uuid, p_days integer
)
returns table (etag text, body json)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v record;
begin
    v := service.enter_agent(p_user_id, p_workspace_id);
    etag := service.etag(
        'agent-kpis', v.version::text, v.workspace_id::text, p_user_id::text, v.today::text,
        p_days::text
    );
    if service.is_known(p_etag, etag) then
        return next;
        return;
    end if;
    select
        json_build_object(
            'agentId', p_user_id,
            'dateRange', p_days::text,
            'kpis', json_build_object(
                'leadsHandled', k.leads_assigned,
                'leadsThisWeek', (
                    select f.assigned
                    from metrics.funnel(
                        v.workspace_id,
                        p_user_id,
                        date_trunc('week', v.today::timestamp)::date,
                        v.today + 1
                    ) as f
                ),
                'conversionRate', metrics.percent(k.leads_won, k.leads_assigned),
                'totalRevenue', trim_scale(round(k.revenue, 2)),
                'responseTimeHours', round(k.avg_response_hours, 1),
                'satisfactionScore', round(k.avg_rating, 1),
                'satisfactionCount', k.num_ratings,
                'teamRanking', r.rank,
                'totalAgents', r.ranked_agents
            ),
            'trends', json_build_object(
                'leads', metrics.change_percent(k.leads_assigned, k.previous_leads_assigned),
                'conversion', metrics.change_percent(
                    k.conversion_rate, k.previous_conversion_rate
                ),
                'revenue', metrics.change_percent(k.revenue, k.previous_revenue),
                'response', metrics.change_percent(
                    k.avg_response_hours, k.previous_avg_response_hours
                ),
                'satisfaction', metrics.change_percent(k.avg_rating, k.previous_avg_rating),
                'ranking', r.rank_change
            ),
            'changes', json_build_object(
                'leads', service.change(k.leads_assigned, k.previous_leads_assigned, false),
                'conversion', service.change(
                    k.conversion_rate, k.previous_conversion_rate, false
                ),
                'revenue', service.change(k.revenue, k.previous_revenue, false),
                'response', service.change(
                    k.avg_response_hours, k.previous_avg_response_hours, true
                ),
                'satisfaction', service.change(k.avg_rating, k.previous_avg_rating, false)
            ),
            'counts', json_build_object(
                'leadsConverted', k.leads_won,
                'leadsContacted', k.leads_contacted,
                'responseSeconds', trim_scale(k.response_seconds),
                'ratingSum', k.rating_sum
            ),
            'rankingWithheld', r.is_withheld,
            'workspaceId', v.workspace_id,
            'from', v.today + 1 - p_days,
            'to', v.today
        )
    into body
    from metrics.agent_kpis(v.workspace_id, p_user_id, v.today + 1 - p_days, v.today + 1) as k
    cross join service.own_ranking(v.workspace_id, p_days) as r;
    return next;
end
$$;
alter function service.agent_kpis(uuid, text, uuid, integer) owner to leadboard_view;
grant execute on function service.agent_kpis(uuid, text, uuid, integer) to leadboard_api;

comment on function service.agent_kpis(uuid, text, uuid, integer) is
'GET /agent/analytics/kpis: the caller''s own figures over the last days, with trends and the place in the team.';
