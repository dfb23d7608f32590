-- Part of the performance score (METRICS 3.1): what customers rate, shrunk. Default curve: 1 is 0,
-- 5 is 100. NULL: nobody rated.
create function scoring.feedback_score(p_shrunk_rating numeric, p_xs numeric[], p_ys numeric[])
returns numeric
language sql
immutable
parallel safe
as $$
    select scoring.piecewise_linear(p_shrunk_rating, p_xs, p_ys)
$$;
alter function scoring.feedback_score(numeric, numeric[], numeric[]) owner to leadboard_view;
grant execute on function scoring.feedback_score(numeric, numeric[], numeric[]) to leadboard_rollup;

comment on function scoring.feedback_score(numeric, numeric[], numeric[]) is
'Feedback part, 0-100, from the shrunk mean rating (1-5) and the points of the curve; null when not measured.';
