-- Part of the performance score (METRICS 3.1): complaints per lead, shrunk. Default curve: none is
-- 100, 2 % 80, 5 % 50, 10 % and more 0. NULL: there was no lead to complain about.
create function scoring.complaints_score(p_shrunk_rate numeric, p_xs numeric[], p_ys numeric[])
returns numeric
language sql
immutable
parallel safe
as $$
    select scoring.piecewise_linear(p_shrunk_rate, p_xs, p_ys)
$$;
alter function scoring.complaints_score(numeric, numeric[], numeric[]) owner to leadboard_view;
grant execute on function scoring.complaints_score(numeric, numeric[], numeric[])
to leadboard_rollup;

comment on function scoring.complaints_score(numeric, numeric[], numeric[]) is
'Complaints part, 0-100, from the shrunk rate (0-1) and the points of the curve; null when not measured.';
