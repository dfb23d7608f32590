-- The source system keeps one AI assessment, 0-100, and workspaces differ in what it measures: a
-- risk is turned round, a trust is taken as it is (workspaces.ai_score_measures).
create function scoring.ai_trust(p_ai_score numeric, p_measures text)
returns numeric
language sql
immutable
parallel safe
as $$
    select
        case p_measures
            when 'risk' then 100 - p_ai_score
            when 'trust' then p_ai_score
        end
$$;
alter function scoring.ai_trust(numeric, text) owner to leadboard_view;
grant execute on function scoring.ai_trust(numeric, text) to leadboard_rollup;

comment on function scoring.ai_trust(numeric, text) is
'AI trust score, 0-100, of an AI assessment that measures risk or trust; null when nothing was assessed.';
