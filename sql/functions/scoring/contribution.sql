-- What one part adds to the total. The total is the sum of these, each divided on its own, so that
-- an explanation adds up to the last digit. NULL when all weights are 0.
create function scoring.contribution(
    p_effective_part numeric, p_weight numeric, p_weight_sum numeric
)
returns numeric
language sql
immutable
parallel safe
as $$
    select p_weight * p_effective_part / nullif(p_weight_sum, 0)
$$;
alter function scoring.contribution(numeric, numeric, numeric) owner to leadboard_view;
grant execute on function scoring.contribution(numeric, numeric, numeric) to leadboard_rollup;

comment on function scoring.contribution(numeric, numeric, numeric) is
'Points (0-100) that a part adds to the total: weight x part / sum of the weights.';
