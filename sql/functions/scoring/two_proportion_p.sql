-- Two-sided p-value of the test of two proportions: how probable a difference as large as this one
-- is when both rates are the same. z = (k1/n1 - k2/n2) / sqrt(p (1 - p) (1/n1 + 1/n2)) with the
-- pooled rate p; p-value = 2 (1 - Phi(|z|)). Whether the samples are large enough for it is said by
-- scoring.is_enough_to_compare. Nobody or everybody in both is no difference: 1.
-- NULL without trials on either side. Rounded to 12 decimals: it comes from floating point.
create function scoring.two_proportion_p(
    p_hits numeric, p_trials numeric, p_other_hits numeric, p_other_trials numeric
)
returns numeric
language sql
immutable
parallel safe
as $$
    select
        case
            when p_trials > 0 and p_other_trials > 0
                then
                    case
                        when p_hits + p_other_hits in (0, p_trials + p_other_trials) then 1
                        else
                            round(
                                (
                                    2 * scoring.normal_cdf(
                                        (
                                            -abs(p_hits / p_trials - p_other_hits / p_other_trials)
                                            / sqrt(
                                                (p_hits + p_other_hits) / (p_trials + p_other_trials)
                                                * (
                                                    1
                                                    - (p_hits + p_other_hits)
                                                    / (p_trials + p_other_trials)
                                                )
                                                * (1 / p_trials + 1 / p_other_trials)
                                            )
                                        )::double precision
                                    )
                                )::numeric,
                                12
                            )
                    end
        end
$$;
alter function scoring.two_proportion_p(numeric, numeric, numeric, numeric)
owner to leadboard_view;
grant execute on function scoring.two_proportion_p(numeric, numeric, numeric, numeric)
to leadboard_rollup;

comment on function scoring.two_proportion_p(numeric, numeric, numeric, numeric) is
'Two-sided p-value of the pooled test of two proportions; null without trials.';
