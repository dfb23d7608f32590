-- Part of the performance score (METRICS 3.1): the AI trust score, as it is.
create function scoring.trust_score(p_ai_trust_score numeric)
returns numeric
language sql
immutable
parallel safe
as $$
    select p_ai_trust_score
$$;
alter function scoring.trust_score(numeric) owner to leadboard_view;
grant execute on function scoring.trust_score(numeric) to leadboard_rollup;

comment on function scoring.trust_score(numeric) is
'Trust part, 0-100: the AI trust score; null when nothing was assessed.';
