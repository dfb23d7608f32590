-- Lower end of the Wilson score interval of a rate (Wilson 1927), 95 % unless p_z says otherwise.
-- Unlike the usual +- z standard errors it stays within 0 and 1 and is right for small n and
-- extreme rates.
-- Rounded to 12 decimals, because a square root has no exact end. NULL without trials, and where
-- the hits are no part of the trials.
create function scoring.wilson_low(
    p_hits numeric, p_trials numeric, p_z numeric default 1.959963984540054
)
returns numeric
language sql
immutable
parallel safe
as $$
    select
        case
            when p_trials > 0 and p_hits between 0 and p_trials
                then greatest(
                    round(
                        (
                            p_hits + p_z * p_z / 2
                            - p_z * sqrt(p_hits * (p_trials - p_hits) / p_trials + p_z * p_z / 4)
                        ) / (p_trials + p_z * p_z),
                        12
                    ),
                    0
                )
        end
$$;
alter function scoring.wilson_low(numeric, numeric, numeric) owner to leadboard_view;
grant execute on function scoring.wilson_low(numeric, numeric, numeric) to leadboard_rollup;

comment on function scoring.wilson_low(numeric, numeric, numeric) is
'Lower end (0-1) of the Wilson interval of hits among trials; null without trials.';
