-- The performance score: the weighted mean of the eight effective parts (METRICS 3.1), written as the sum
-- of the contributions that scoring.explain lists. Arrays in the order of scoring.parts().
create function scoring.total(p_parts numeric [], p_weights numeric [], p_weight_sum numeric)
returns numeric
language sql
immutable
parallel safe
as $$
    select
        scoring.contribution(p_parts[1], p_weights[1], p_weight_sum)
        + scoring.contribution(p_parts[2], p_weights[2], p_weight_sum)
        + scoring.contribution(p_parts[3], p_weights[3], p_weight_sum)
        + scoring.contribution(p_parts[4], p_weights[4], p_weight_sum)
        + scoring.contribution(p_parts[5], p_weights[5], p_weight_sum)
        + scoring.contribution(p_parts[6], p_weights[6], p_weight_sum)
        + scoring.contribution(p_parts[7], p_weights[7], p_weight_sum)
        + scoring.contribution(p_parts[8], p_weights[8], p_weight_sum)
$$;
alter function scoring.total(numeric [], numeric [], numeric) owner to leadboard_view;
grant execute on function scoring.total(numeric [], numeric [], numeric) to leadboard_rollup;

comment on function scoring.total(numeric [], numeric [], numeric) is
'Weighted mean (0-100) of eight effective parts; null when all weights are 0.';
