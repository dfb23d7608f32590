-- What the total divides by. Weights need not add up to 1, so raising one does not mean lowering others.
create function scoring.weight_sum(p_weights numeric [])
returns numeric
language sql
immutable
parallel safe
as $$
    select
        p_weights[1] + p_weights[2] + p_weights[3] + p_weights[4]
        + p_weights[5] + p_weights[6] + p_weights[7] + p_weights[8]
$$;
alter function scoring.weight_sum(numeric []) owner to leadboard_view;
grant execute on function scoring.weight_sum(numeric []) to leadboard_rollup;

comment on function scoring.weight_sum(numeric []) is 'Sum of the eight weights, in the order of scoring.parts().';
