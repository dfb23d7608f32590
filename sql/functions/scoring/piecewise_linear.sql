-- The curve every part of a score is read from: straight lines between points, flat beyond the
-- first and the last. width_bucket finds the segment: 0 before the first x, n from the last x on.
-- p_xs must ascend without repeats (the primary key of scoring.curves sees to that). NULL in, or a
-- curve without points, gives NULL: not measured.
create function scoring.piecewise_linear(p_x numeric, p_xs numeric[], p_ys numeric[])
returns numeric
language sql
immutable
parallel safe
as $$
    select
        case
            when width_bucket(p_x, p_xs) = 0 then p_ys[1]
            when width_bucket(p_x, p_xs) = cardinality(p_xs) then p_ys[cardinality(p_xs)]
            else
                p_ys[width_bucket(p_x, p_xs)]
                + (p_ys[width_bucket(p_x, p_xs) + 1] - p_ys[width_bucket(p_x, p_xs)])
                * (p_x - p_xs[width_bucket(p_x, p_xs)])
                / (p_xs[width_bucket(p_x, p_xs) + 1] - p_xs[width_bucket(p_x, p_xs)])
        end
$$;
alter function scoring.piecewise_linear(numeric, numeric[], numeric[]) owner to leadboard_view;
grant execute on function scoring.piecewise_linear(numeric, numeric[], numeric[])
to leadboard_rollup;

comment on function scoring.piecewise_linear(numeric, numeric[], numeric[]) is
'Value at x of the piecewise linear curve through the points (xs, ys), flat beyond its ends; null for null.';
