-- The performance score: the weighted mean of the eight parts (METRICS 3.1), a part that was not
-- measured counting as the workspace's mean part. Written as the sum of the contributions that
-- scoring.explain lists. Arrays in the order of scoring.parts(). NULL when all weights are 0.
create function scoring.total(
    p_parts numeric[], p_workspace_means numeric[], p_weights numeric[], p_weight_sum numeric
)
returns numeric
language sql
immutable
parallel safe
as $$
    select
        scoring.contribution(
            scoring.effective_part(p_parts[1], p_workspace_means[1]), p_weights[1], p_weight_sum
        )
        + scoring.contribution(
            scoring.effective_part(p_parts[2], p_workspace_means[2]), p_weights[2], p_weight_sum
        )
        + scoring.contribution(
            scoring.effective_part(p_parts[3], p_workspace_means[3]), p_weights[3], p_weight_sum
        )
        + scoring.contribution(
            scoring.effective_part(p_parts[4], p_workspace_means[4]), p_weights[4], p_weight_sum
        )
        + scoring.contribution(
            scoring.effective_part(p_parts[5], p_workspace_means[5]), p_weights[5], p_weight_sum
        )
        + scoring.contribution(
            scoring.effective_part(p_parts[6], p_workspace_means[6]), p_weights[6], p_weight_sum
        )
        + scoring.contribution(
            scoring.effective_part(p_parts[7], p_workspace_means[7]), p_weights[7], p_weight_sum
        )
        + scoring.contribution(
            scoring.effective_part(p_parts[8], p_workspace_means[8]), p_weights[8], p_weight_sum
        )
$$;
alter function scoring.total(numeric[], numeric[], numeric[], numeric) owner to leadboard_view;
grant execute on function scoring.total(numeric[], numeric[], numeric[], numeric)
to leadboard_rollup;

comment on function scoring.total(numeric[], numeric[], numeric[], numeric) is
'Weighted mean (0-100) of eight parts, missing ones replaced by the workspace''s means; null when all weights are 0.';
