-- What GET /api/partners/performance says of each partner the caller may see.
-- Grain: one row per (workspace, partner).
-- Reads: analytics.partner_performance_stats, which filters by the caller.
-- Rounded here and nowhere else: shares of 0-1 to four decimals; minutes, scores and percents to
-- one; money, ratings and attempts per lead to two. NULL is not measured, or nothing to divide by.
-- One statement without a SET clause, so it inlines: a page pays for its own rows only.
create function service.partner_rows(p_workspace_id uuid)
returns table (partner_id uuid, partner_name text, performance_score numeric, body json)
language sql
stable
parallel safe
as $$
    select
        s.partner_id,
        coalesce(s.partner_name, ''),
        s.performance_score,
        (
            select row_to_json(r)
            from (
                select
                    s.partner_id,
                    s.partner_name,
                    s.branch_id,
                    s.branch_name,
                    s.leads_assigned_30d,
                    s.leads_accepted_30d,
                    s.leads_rejected_30d,
                    round(s.conversion_rate_30d, 4) as conversion_rate_30d,
                    round(s.avg_response_time_minutes, 1) as avg_response_time_minutes,
                    s.open_leads_count,
                    s.last_lead_assigned_at,
                    s.leads_contacted_30d,
                    round(s.avg_first_response_time_minutes_7d, 1)
                        as avg_first_response_time_minutes_7d,
                    round(s.avg_first_response_time_minutes_30d, 1)
                        as avg_first_response_time_minutes_30d,
                    round(s.median_first_response_time_minutes_30d, 1)
                        as median_first_response_time_minutes_30d,
                    s.leads_contacted_within_1h_30d,
                    round(s.pct_contacted_within_1h_30d, 1) as pct_contacted_within_1h_30d,
                    s.leads_contacted_within_24h_30d,
                    round(s.pct_contacted_within_24h_30d, 1) as pct_contacted_within_24h_30d,
                    round(s.ai_trust_score, 1) as ai_trust_score,
                    s.won_leads_7d,
                    s.lost_leads_7d,
                    round(s.deal_rate_7d, 4) as deal_rate_7d,
                    s.won_leads_30d,
                    s.lost_leads_30d,
                    round(s.deal_rate_30d, 4) as deal_rate_30d,
                    round(s.deal_rate_low_30d, 4) as deal_rate_low_30d,
                    round(s.deal_rate_high_30d, 4) as deal_rate_high_30d,
                    s.contact_attempts_30d,
                    round(s.avg_contact_attempts_per_lead_30d, 2)
                        as avg_contact_attempts_per_lead_30d,
                    s.leads_min_2_attempts_30d,
                    round(s.pct_leads_min_2_attempts_30d, 1) as pct_leads_min_2_attempts_30d,
                    s.num_ratings_30d,
                    round(s.avg_customer_rating_30d, 2) as avg_customer_rating_30d,
                    s.complaints_30d,
                    round(s.complaint_rate_30d, 4) as complaint_rate_30d,
                    s.won_leads_valued_30d,
                    round(s.avg_deal_value_30d, 2) as avg_deal_value_30d,
                    round(s.median_deal_value_30d, 2) as median_deal_value_30d,
                    round(s.consistency_score, 1) as consistency_score,
                    round(s.performance_score, 1) as performance_score,
                    round(s.response_score, 1) as response_score,
                    round(s.deal_rate_score, 1) as deal_rate_score,
                    round(s.follow_up_score, 1) as follow_up_score,
                    round(s.feedback_score, 1) as feedback_score,
                    round(s.complaints_score, 1) as complaints_score,
                    round(s.trust_score, 1) as trust_score,
                    round(s.deal_value_score, 1) as deal_value_score,
                    s.window_to_day,
                    s.as_of
            ) as r
        )
    from analytics.partner_performance_stats as s
    where s.workspace_id = p_workspace_id
$$;
alter function service.partner_rows(uuid) owner to leadboard_view;
grant execute on function service.partner_rows(uuid) to leadboard_api;

comment on function service.partner_rows(uuid) is
'One row per partner the caller may see: keys to sort by, and the finished JSON of the figures.';
