-- Part of the performance score (METRICS 3.1): how little the last week differs from the last
-- month. Half for the deal rate, half for the response time; each half falls to 0 when the
-- difference is as large as the month's figure itself (floors: 5 % deal rate, 1 minute).
-- NULL while a 7-day part is missing. The 7-day cohort is part of the 30-day one, so that is the
-- only way.
create function scoring.consistency_score(
    p_deal_rate_7d numeric,
    p_deal_rate_30d numeric,
    p_response_minutes_7d numeric,
    p_response_minutes_30d numeric
)
returns numeric
language sql
immutable
parallel safe
as $$
    select
        case
            when
                num_nulls(
                    p_deal_rate_7d, p_deal_rate_30d, p_response_minutes_7d, p_response_minutes_30d
                ) = 0
                then
                    100
                    - 50 * least(
                        1, abs(p_deal_rate_7d - p_deal_rate_30d) / greatest(p_deal_rate_30d, 0.05)
                    )
                    - 50 * least(
                        1,
                        abs(p_response_minutes_7d - p_response_minutes_30d)
                        / greatest(p_response_minutes_30d, 1)
                    )
        end
$$;
alter function scoring.consistency_score(numeric, numeric, numeric, numeric)
owner to leadboard_view;
grant execute on function scoring.consistency_score(numeric, numeric, numeric, numeric)
to leadboard_rollup;

comment on function scoring.consistency_score(numeric, numeric, numeric, numeric) is
'Consistency part, 0-100, from deal rates (0-1) and mean response times (minutes) of 7 and 30 days; null while one is missing.';
