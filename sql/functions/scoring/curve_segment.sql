-- The straight piece of a curve that a value falls on, for explanations: from (x0, y0) to (x1, y1).
-- Before the first point there is no x0, from the last point on there is no x1: the curve is flat
-- there.
-- Grain: always one row, all NULL when the value or the curve is.
create function scoring.curve_segment(p_x numeric, p_xs numeric[], p_ys numeric[])
returns table (x0 numeric, y0 numeric, x1 numeric, y1 numeric)
language sql
immutable
parallel safe
as $$
    select
        p_xs[s.position] as x0,
        p_ys[s.position] as y0,
        p_xs[s.position + 1] as x1,
        p_ys[s.position + 1] as y1
    from (select width_bucket(p_x, p_xs) as position) as s
$$;
alter function scoring.curve_segment(numeric, numeric[], numeric[]) owner to leadboard_view;
grant execute on function scoring.curve_segment(numeric, numeric[], numeric[]) to leadboard_rollup;

comment on function scoring.curve_segment(numeric, numeric[], numeric[]) is
'Points of a curve to the left and right of x; null where the curve is flat beyond its ends.';
