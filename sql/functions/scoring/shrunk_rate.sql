-- A rate pulled towards the workspace's own rate, as if p_strength more trials had gone the way of
-- the prior: 1 of 1 is no better than 80 of 100. (k + m p0) / (n + m), METRICS section 0. No
-- trials, or no prior, is NULL: nothing was measured.
create function scoring.shrunk_rate(
    p_hits numeric, p_trials numeric, p_prior numeric, p_strength numeric default 10
)
returns numeric
language sql
immutable
parallel safe
as $$
    select
        case
            when p_trials > 0 then (p_hits + p_strength * p_prior) / (p_trials + p_strength)
        end
$$;
alter function scoring.shrunk_rate(numeric, numeric, numeric, numeric) owner to leadboard_view;
grant execute on function scoring.shrunk_rate(numeric, numeric, numeric, numeric)
to leadboard_rollup;

comment on function scoring.shrunk_rate(numeric, numeric, numeric, numeric) is
'Rate of hits among trials, shrunk towards a prior rate by the given number of trials; null without trials.';
