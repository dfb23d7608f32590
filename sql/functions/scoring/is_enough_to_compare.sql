-- Whether two samples are large enough for the test of two proportions: 20 trials each, and at
-- least 5 hits and 5 misses to be expected in each if both had the same rate (the usual condition
-- for the normal approximation, Cochran 1954). The rest is "not enough data".
create function scoring.is_enough_to_compare(
    p_hits numeric, p_trials numeric, p_other_hits numeric, p_other_trials numeric
)
returns boolean
language sql
immutable
parallel safe
as $$
    select
        least(p_trials, p_other_trials) >= 20
        and least(p_trials, p_other_trials)
        * least(p_hits + p_other_hits, p_trials + p_other_trials - p_hits - p_other_hits)
        >= 5 * (p_trials + p_other_trials)
$$;
alter function scoring.is_enough_to_compare(numeric, numeric, numeric, numeric)
owner to leadboard_view;
grant execute on function scoring.is_enough_to_compare(numeric, numeric, numeric, numeric)
to leadboard_rollup;

comment on function scoring.is_enough_to_compare(numeric, numeric, numeric, numeric) is
'Whether two samples are large enough to be compared by the test of two proportions.';
