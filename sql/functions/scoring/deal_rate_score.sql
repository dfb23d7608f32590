-- Part of the performance score (METRICS 3.1): won among decided leads, shrunk. Default curve: 0.85
-- and more is 100. NULL: no lead was decided.
create function scoring.deal_rate_score(p_shrunk_rate numeric, p_xs numeric[], p_ys numeric[])
returns numeric
language sql
immutable
parallel safe
as $$
    select scoring.piecewise_linear(p_shrunk_rate, p_xs, p_ys)
$$;
alter function scoring.deal_rate_score(numeric, numeric[], numeric[]) owner to leadboard_view;
grant execute on function scoring.deal_rate_score(numeric, numeric[], numeric[])
to leadboard_rollup;

comment on function scoring.deal_rate_score(numeric, numeric[], numeric[]) is
'Deal rate part, 0-100, from the shrunk rate (0-1) and the points of the curve; null when not measured.';
