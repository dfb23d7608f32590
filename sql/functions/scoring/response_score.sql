-- Part of the performance score (METRICS 3.1): how soon a new lead is first contacted. Default
-- curve: up to 30 minutes 100, 2 hours 70, a day 40, a week 0. NULL: no lead was contacted.
create function scoring.response_score(p_minutes numeric, p_xs numeric[], p_ys numeric[])
returns numeric
language sql
immutable
parallel safe
as $$
    select scoring.piecewise_linear(p_minutes, p_xs, p_ys)
$$;
alter function scoring.response_score(numeric, numeric[], numeric[]) owner to leadboard_view;
grant execute on function scoring.response_score(numeric, numeric[], numeric[]) to leadboard_rollup;

comment on function scoring.response_score(numeric, numeric[], numeric[]) is
'Response part, 0-100, from the mean minutes to the first contact and the points of the curve; null when not measured.';
