-- GET /agent/analytics/ranking: the caller's place among the agents and the parts of the own score;
-- nobody else's.
create function service.agent_ranking(
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
        'agent-ranking', v.version::text, v.workspace_id::text, p_user_id::text, v.today::text,
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
            'teamRanking', r.rank,
            'totalAgents', r.ranked_agents,
            'rankChange', r.rank_change,
            'withheld', r.is_withheld,
            'score', round(r.ranking_score, 1),
            'parts', json_build_object(
                'conversion', round(r.conversion_score, 1),
                'satisfaction', round(r.satisfaction_score, 1),
                'response', round(r.response_score, 1)
            )
        )
    into body
    from service.own_ranking(v.workspace_id, p_days) as r;
    return next;
end
$$;
alter function service.agent_ranking(uuid, text, uuid, integer) owner to leadboard_view;
grant execute on function service.agent_ranking(uuid, text, uuid, integer) to leadboard_api;

comment on function service.agent_ranking(uuid, text, uuid, integer) is
'GET /agent/analytics/ranking: the caller''s place among the agents, and the parts of the own score.';
