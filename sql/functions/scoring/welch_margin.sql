-- Half the width of Welch's 95 % interval of the difference between two means: t x sqrt(v1/n1 +
-- v2/n2), degrees of freedom after Welch and Satterthwaite. Variances are those of the samples (n -
-- 1). A difference is claimed only when it exceeds this margin. NULL with fewer than two values on
-- either side; 0 when neither side varies.
create function scoring.welch_margin(
    p_variance numeric, p_count numeric, p_other_variance numeric, p_other_count numeric
)
returns numeric
language sql
immutable
parallel safe
as $$
    select
        case
            when p_count < 2 or p_other_count < 2 then null
            when p_variance = 0 and p_other_variance = 0 then 0
            else
                round(
                    scoring.t_quantile(
                        (p_variance / p_count + p_other_variance / p_other_count) ^ 2
                        / (
                            (p_variance / p_count) ^ 2 / (p_count - 1)
                            + (p_other_variance / p_other_count) ^ 2 / (p_other_count - 1)
                        )
                    )
                    * sqrt(p_variance / p_count + p_other_variance / p_other_count),
                    12
                )
        end
$$;
alter function scoring.welch_margin(numeric, numeric, numeric, numeric) owner to leadboard_view;
grant execute on function scoring.welch_margin(numeric, numeric, numeric, numeric)
to leadboard_rollup;

comment on function scoring.welch_margin(numeric, numeric, numeric, numeric) is
'Half the width of the Welch interval of the difference of two means, from variance and number of each; null with fewer than two values.';
