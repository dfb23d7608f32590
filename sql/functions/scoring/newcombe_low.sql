-- Lower end of Newcombe's hybrid score interval (1998, method 10) of the difference between two
-- rates, the first minus the second, 95 %: made of the Wilson intervals of both, so it is right for
-- small numbers too. A difference is claimed only when the interval leaves zero out. NULL without
-- trials on either side.
create function scoring.newcombe_low(
    p_hits numeric, p_trials numeric, p_other_hits numeric, p_other_trials numeric
)
returns numeric
language sql
immutable
parallel safe
as $$
    select
        round(
            p_hits / nullif(p_trials, 0)
            - p_other_hits / nullif(p_other_trials, 0)
            - sqrt(
                (p_hits / nullif(p_trials, 0) - scoring.wilson_low(p_hits, p_trials)) ^ 2
                + (
                    scoring.wilson_high(p_other_hits, p_other_trials)
                    - p_other_hits / nullif(p_other_trials, 0)
                ) ^ 2
            ),
            12
        )
$$;
alter function scoring.newcombe_low(numeric, numeric, numeric, numeric) owner to leadboard_view;
grant execute on function scoring.newcombe_low(numeric, numeric, numeric, numeric)
to leadboard_rollup;

comment on function scoring.newcombe_low(numeric, numeric, numeric, numeric) is
'Lower end (-1 to 1) of the Newcombe interval of one rate minus another; null without trials.';
