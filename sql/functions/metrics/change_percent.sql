-- Change against the previous period, in percent, one decimal (METRICS 0). NULL when before is 0 or
-- missing: from nothing to something is new, not a percentage.
create function metrics.change_percent(p_now numeric, p_before numeric)
returns numeric
language sql
immutable
parallel safe
as $$
    select metrics.percent(p_now - p_before, p_before)
$$;
alter function metrics.change_percent(numeric, numeric) owner to leadboard_view;
grant execute on function metrics.change_percent(numeric, numeric)
to leadboard_rollup, leadboard_api;

comment on function metrics.change_percent(numeric, numeric) is
'Change from before to now in percent of before, one decimal; null when before is 0 or either is null.';
