-- The middle of a list that is sorted already; the mean of the two middle values when their number
-- is even. Exact, unlike percentile_cont, which works in floating point.
create function metrics.median(p_sorted numeric[])
returns numeric
language sql
immutable
parallel safe
as $$
    select (p_sorted[(cardinality(p_sorted) + 1) / 2] + p_sorted[cardinality(p_sorted) / 2 + 1]) / 2
$$;
alter function metrics.median(numeric[]) owner to leadboard_view;
grant execute on function metrics.median(numeric[]) to leadboard_rollup;

comment on function metrics.median(numeric[]) is 'Median of an ascending list; null for an empty list.';
