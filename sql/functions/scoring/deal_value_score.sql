-- Part of the performance score (METRICS 3.1): 100 ln(1 + v) / ln(1 + p95), at most 100. The
-- logarithm makes it a small bonus: twice the value is not twice the score. A negative mean
-- (refunds) counts as 0. Where the workspace's p95 is 0 or less there is no scale to measure on:
-- NULL.
create function scoring.deal_value_score(p_value numeric, p_p95 numeric)
returns numeric
language sql
immutable
parallel safe
as $$
    select
        case
            when p_value is not null and p_p95 > 0
                then least(100 * ln(1 + greatest(p_value, 0)) / ln(1 + p_p95), 100)
        end
$$;
alter function scoring.deal_value_score(numeric, numeric) owner to leadboard_view;
grant execute on function scoring.deal_value_score(numeric, numeric) to leadboard_rollup;

comment on function scoring.deal_value_score(numeric, numeric) is
'Deal value part, 0-100, from the mean value of won leads and the 95th percentile of the workspace; null when not measured.';
