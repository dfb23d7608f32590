-- Rounding happens once, at the edge, and here: 32 of 47 is 68.1 wherever it appears.
-- Halves go up; the quotient has more digits than any two counts can be close to a half, so the
-- division before the rounding cannot push it over. NULL when there is nothing to divide by.
create function metrics.percent(p_numerator numeric, p_denominator numeric)
returns numeric
language sql
immutable
parallel safe
as $$
    select round(100 * p_numerator / nullif(p_denominator, 0), 1)
$$;
alter function metrics.percent(numeric, numeric) owner to leadboard_view;
grant execute on function metrics.percent(numeric, numeric) to leadboard_rollup, leadboard_api;

comment on function metrics.percent(numeric, numeric) is
'Share in percent, one decimal, half up; null when the denominator is 0 or null.';
