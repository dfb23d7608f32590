-- The caller's place in the team ranking over the last p_days local days. Grain: always one row.
-- Of few ranked agents (c_few) a place would tell the figures of the others, so it is withheld,
-- unless the workspace shows names anyway.
-- Windows of 7, 30 and 90 days are those of stats.team_ranking, any other is computed by the same
-- function.
create function service.own_ranking(p_workspace_id uuid, p_days integer)
returns table (
    rank bigint,
    ranked_agents bigint,
    rank_change bigint,
    is_withheld boolean,
    ranking_score numeric,
    conversion_score numeric,
    satisfaction_score numeric,
    response_score numeric
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    c_few constant integer := 5;
    v_user_id constant uuid := app.current_user_id();
    v_is_named boolean;
begin
    select w.leaderboard_visibility = 'named' into v_is_named
    from crm.workspaces as w
    where w.workspace_id = p_workspace_id;

    if p_days in (7, 30, 90) then
        select
            r.rank,
            r.ranked_agents,
            r.rank_change,
            r.ranking_score,
            r.conversion_score,
            r.satisfaction_score,
            r.response_score
        into
            rank, ranked_agents, rank_change, ranking_score, conversion_score, satisfaction_score,
            response_score
        from stats.team_ranking as r
        where
            r.workspace_id = p_workspace_id and r.days = p_days and r.user_id = v_user_id;
    else
        select
            r.rank,
            r.ranked_agents,
            r.rank_change,
            r.ranking_score,
            r.conversion_score,
            r.satisfaction_score,
            r.response_score
        into
            rank, ranked_agents, rank_change, ranking_score, conversion_score, satisfaction_score,
            response_score
        from metrics.team_ranking(p_workspace_id, p_days) as r
        where r.user_id = v_user_id;
    end if;
    ranked_agents := coalesce(ranked_agents, 0);
    is_withheld := ranked_agents < c_few and not v_is_named;
    if is_withheld then
        rank := null;
        rank_change := null;
    end if;
    return next;
end
$$;
alter function service.own_ranking(uuid, integer) owner to leadboard_view;
grant execute on function service.own_ranking(uuid, integer) to leadboard_api;

comment on function service.own_ranking(uuid, integer) is
'The caller''s place, the number of ranked agents, places gained and the parts of the own score; no place where few are ranked.';
