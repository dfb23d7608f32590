-- The partner figures a caller may see: owner and admin those of their workspaces, a manager those
-- of the members of the own branch, everyone the own.
-- Grain: one row per (workspace, partner).
-- Reads: stats.partner_performance_stats, stats.people (name, branch and membership as of now).
create view analytics.partner_performance_stats
with (security_barrier) as
select
    s.workspace_id,
    s.partner_id,
    p.name as partner_name,
    p.branch_id,
    p.branch_name,
    s.window_to_day,
    s.open_leads_count,
    s.last_lead_assigned_at,
    s.ai_trust_score,
    s.leads_assigned_30d,
    s.leads_accepted_30d,
    s.leads_rejected_30d,
    s.conversion_rate_30d,
    s.acceptance_seconds_30d,
    s.avg_response_time_minutes,
    s.leads_contacted_30d,
    s.response_seconds_30d,
    s.avg_first_response_time_minutes_30d,
    s.median_first_response_time_minutes_30d,
    s.leads_contacted_within_1h_30d,
    s.pct_contacted_within_1h_30d,
    s.leads_contacted_within_24h_30d,
    s.pct_contacted_within_24h_30d,
    s.won_leads_30d,
    s.lost_leads_30d,
    s.deal_rate_30d,
    s.deal_rate_low_30d,
    s.deal_rate_high_30d,
    s.contact_attempts_30d,
    s.avg_contact_attempts_per_lead_30d,
    s.leads_min_2_attempts_30d,
    s.pct_leads_min_2_attempts_30d,
    s.num_ratings_30d,
    s.rating_sum_30d,
    s.avg_customer_rating_30d,
    s.complaints_30d,
    s.complaint_rate_30d,
    s.won_leads_valued_30d,
    s.deal_value_sum_30d,
    s.avg_deal_value_30d,
    s.median_deal_value_30d,
    s.leads_assigned_7d,
    s.leads_contacted_7d,
    s.response_seconds_7d,
    s.avg_first_response_time_minutes_7d,
    s.won_leads_7d,
    s.lost_leads_7d,
    s.deal_rate_7d,
    s.prior_deal_rate_30d,
    s.shrunk_deal_rate_30d,
    s.prior_customer_rating_30d,
    s.shrunk_customer_rating_30d,
    s.prior_complaint_rate_30d,
    s.shrunk_complaint_rate_30d,
    s.p95_deal_value_30d,
    s.response_score,
    s.deal_rate_score,
    s.follow_up_score,
    s.feedback_score,
    s.complaints_score,
    s.trust_score,
    s.deal_value_score,
    s.consistency_score,
    s.effective_response_score,
    s.effective_deal_rate_score,
    s.effective_follow_up_score,
    s.effective_feedback_score,
    s.effective_complaints_score,
    s.effective_trust_score,
    s.effective_deal_value_score,
    s.effective_consistency_score,
    s.performance_score,
    s.weights_version,
    s.weights_are_default,
    s.curves_version,
    s.curves_are_default,
    s.as_of
from stats.partner_performance_stats as s
inner join stats.people as p on p.workspace_id = s.workspace_id and p.user_id = s.partner_id
where
    p.is_active
    and s.workspace_id = any((select app.member_workspaces())::uuid[])
    and (
        s.workspace_id = any((select app.admin_workspaces())::uuid[])
        or p.branch_id = any((select app.managed_branches())::uuid[])
        or s.partner_id = (select app.current_user_id())
    );
alter view analytics.partner_performance_stats owner to leadboard_view;
grant select on analytics.partner_performance_stats to leadboard_api, leadboard_bi;

comment on view analytics.partner_performance_stats is
'One row per active partner the caller may see: figures of the last 7 and 30 local days, what is open now, and the performance score with its parts.';
comment on column analytics.partner_performance_stats.workspace_id is 'The tenant.';
comment on column analytics.partner_performance_stats.partner_id is 'The partner: an active member with role partner or agent, or with a routing profile.';
comment on column analytics.partner_performance_stats.partner_name is 'Name of the partner; the id where there is none or the person was erased.';
comment on column analytics.partner_performance_stats.branch_id is 'The partner''s branch.';
comment on column analytics.partner_performance_stats.branch_name is 'Name of that branch.';
comment on column analytics.partner_performance_stats.window_to_day is 'Day after the last local day of the windows, in the zone of the partner''s branch: the 7 and 30 days are the ones before it.';
comment on column analytics.partner_performance_stats.open_leads_count is 'Now: leads credited to the partner in an open status (new, accepted, contacted, in_progress, qualified).';
comment on column analytics.partner_performance_stats.last_lead_assigned_at is 'Now: latest assignment among the leads the partner owns; null when there is none.';
comment on column analytics.partner_performance_stats.ai_trust_score is 'Now, 0-100: the AI assessment of the profile as trust (100 - score where the workspace says it measures risk).';
comment on column analytics.partner_performance_stats.leads_assigned_30d is 'Cohort: leads created in the last 30 local days and credited to the partner. Denominator of the 30-day shares.';
comment on column analytics.partner_performance_stats.leads_accepted_30d is 'Cohort: of leads_assigned_30d, accepted.';
comment on column analytics.partner_performance_stats.leads_rejected_30d is 'Cohort: of leads_assigned_30d, rejected.';
comment on column analytics.partner_performance_stats.conversion_rate_30d is 'Cohort, 0-1: leads_accepted_30d / leads_assigned_30d.';
comment on column analytics.partner_performance_stats.acceptance_seconds_30d is 'Cohort, seconds: sum of accepted_at - created_at over leads_accepted_30d.';
comment on column analytics.partner_performance_stats.avg_response_time_minutes is 'Cohort, minutes: mean of accepted_at - created_at over leads_accepted_30d.';
comment on column analytics.partner_performance_stats.leads_contacted_30d is 'Cohort: of leads_assigned_30d, contacted.';
comment on column analytics.partner_performance_stats.response_seconds_30d is 'Cohort, seconds: sum of first_contact_at - created_at over leads_contacted_30d.';
comment on column analytics.partner_performance_stats.avg_first_response_time_minutes_30d is 'Cohort, minutes: mean of first_contact_at - created_at over leads_contacted_30d.';
comment on column analytics.partner_performance_stats.median_first_response_time_minutes_30d is 'Cohort, minutes: time within which half of leads_assigned_30d were contacted; a lead never contacted is infinitely late, null when more than half are.';
comment on column analytics.partner_performance_stats.leads_contacted_within_1h_30d is 'Cohort: of leads_assigned_30d, contacted within an hour.';
comment on column analytics.partner_performance_stats.pct_contacted_within_1h_30d is 'Cohort, 0-100: share of leads_assigned_30d contacted within an hour.';
comment on column analytics.partner_performance_stats.leads_contacted_within_24h_30d is 'Cohort: of leads_assigned_30d, contacted within 24 hours.';
comment on column analytics.partner_performance_stats.pct_contacted_within_24h_30d is 'Cohort, 0-100: share of leads_assigned_30d contacted within 24 hours.';
comment on column analytics.partner_performance_stats.won_leads_30d is 'Cohort: of leads_assigned_30d, won by now.';
comment on column analytics.partner_performance_stats.lost_leads_30d is 'Cohort: of leads_assigned_30d, lost by now.';
comment on column analytics.partner_performance_stats.deal_rate_30d is 'Cohort, 0-1: won_leads_30d / (won_leads_30d + lost_leads_30d).';
comment on column analytics.partner_performance_stats.deal_rate_low_30d is 'Cohort, 0-1: lower end of the Wilson 95 % interval of deal_rate_30d.';
comment on column analytics.partner_performance_stats.deal_rate_high_30d is 'Cohort, 0-1: upper end of the Wilson 95 % interval of deal_rate_30d.';
comment on column analytics.partner_performance_stats.contact_attempts_30d is 'Cohort: contact activities on leads_assigned_30d, whenever.';
comment on column analytics.partner_performance_stats.avg_contact_attempts_per_lead_30d is 'Cohort: contact_attempts_30d / leads_assigned_30d.';
comment on column analytics.partner_performance_stats.leads_min_2_attempts_30d is 'Cohort: of leads_assigned_30d, those with two or more contact activities.';
comment on column analytics.partner_performance_stats.pct_leads_min_2_attempts_30d is 'Cohort, 0-100: share of leads_assigned_30d with two or more contact activities.';
comment on column analytics.partner_performance_stats.num_ratings_30d is 'Event: ratings given to the partner in the last 30 local days.';
comment on column analytics.partner_performance_stats.rating_sum_30d is 'Event: sum of those ratings, 1-5 each.';
comment on column analytics.partner_performance_stats.avg_customer_rating_30d is 'Event, 1-5: rating_sum_30d / num_ratings_30d.';
comment on column analytics.partner_performance_stats.complaints_30d is 'Event: complaints about the partner in the last 30 local days.';
comment on column analytics.partner_performance_stats.complaint_rate_30d is 'complaints_30d (event) / leads_assigned_30d (cohort); may exceed 1.';
comment on column analytics.partner_performance_stats.won_leads_valued_30d is 'Cohort: of won_leads_30d, those whose value is known (deal value or purchase price, as the workspace says).';
comment on column analytics.partner_performance_stats.deal_value_sum_30d is 'Cohort, workspace currency: sum of the values of won_leads_valued_30d.';
comment on column analytics.partner_performance_stats.avg_deal_value_30d is 'Cohort, workspace currency: mean value of won_leads_valued_30d.';
comment on column analytics.partner_performance_stats.median_deal_value_30d is 'Cohort, workspace currency: median value of won_leads_valued_30d.';
comment on column analytics.partner_performance_stats.leads_assigned_7d is 'Cohort: leads created in the last 7 local days and credited to the partner.';
comment on column analytics.partner_performance_stats.leads_contacted_7d is 'Cohort: of leads_assigned_7d, contacted.';
comment on column analytics.partner_performance_stats.response_seconds_7d is 'Cohort, seconds: sum of first_contact_at - created_at over leads_contacted_7d.';
comment on column analytics.partner_performance_stats.avg_first_response_time_minutes_7d is 'Cohort, minutes: mean of first_contact_at - created_at over leads_contacted_7d.';
comment on column analytics.partner_performance_stats.won_leads_7d is 'Cohort: of leads_assigned_7d, won by now.';
comment on column analytics.partner_performance_stats.lost_leads_7d is 'Cohort: of leads_assigned_7d, lost by now.';
comment on column analytics.partner_performance_stats.deal_rate_7d is 'Cohort, 0-1: won_leads_7d / (won_leads_7d + lost_leads_7d).';
comment on column analytics.partner_performance_stats.prior_deal_rate_30d is 'Cohort, 0-1: the workspace''s own deal rate over all partners of this view, towards which deal rates are shrunk.';
comment on column analytics.partner_performance_stats.shrunk_deal_rate_30d is 'Cohort, 0-1: (won + 10 x prior) / (won + lost + 10), input of deal_rate_score.';
comment on column analytics.partner_performance_stats.prior_customer_rating_30d is 'Event, 1-5: the workspace''s own mean rating over all partners of this view.';
comment on column analytics.partner_performance_stats.shrunk_customer_rating_30d is 'Event, 1-5: (rating sum + 10 x prior) / (ratings + 10), input of feedback_score.';
comment on column analytics.partner_performance_stats.prior_complaint_rate_30d is 'The workspace''s own complaint rate over all partners of this view.';
comment on column analytics.partner_performance_stats.shrunk_complaint_rate_30d is '(complaints + 10 x prior) / (leads + 10), input of complaints_score.';
comment on column analytics.partner_performance_stats.p95_deal_value_30d is 'Cohort, workspace currency: 95th percentile (a value that occurs) of the won leads'' values over all partners of this view.';
comment on column analytics.partner_performance_stats.response_score is 'Part of the score, 0-100: response curve at avg_first_response_time_minutes_30d; null when not measured.';
comment on column analytics.partner_performance_stats.deal_rate_score is 'Part of the score, 0-100: deal rate curve at shrunk_deal_rate_30d; null when not measured.';
comment on column analytics.partner_performance_stats.follow_up_score is 'Part of the score, 0-100: pct_leads_min_2_attempts_30d; null when not measured.';
comment on column analytics.partner_performance_stats.feedback_score is 'Part of the score, 0-100: feedback curve at shrunk_customer_rating_30d; null when not measured.';
comment on column analytics.partner_performance_stats.complaints_score is 'Part of the score, 0-100: complaints curve at shrunk_complaint_rate_30d; null when not measured.';
comment on column analytics.partner_performance_stats.trust_score is 'Part of the score, 0-100: ai_trust_score; null when not measured.';
comment on column analytics.partner_performance_stats.deal_value_score is 'Part of the score, 0-100: 100 ln(1 + avg_deal_value_30d) / ln(1 + p95_deal_value_30d), at most 100; null when not measured.';
comment on column analytics.partner_performance_stats.consistency_score is 'Part of the score, 0-100: how little 7 days differ from 30 days in deal rate and response time; null while a 7-day figure is missing.';
comment on column analytics.partner_performance_stats.effective_response_score is 'response_score, else the workspace''s mean part, else 50: what the total counts.';
comment on column analytics.partner_performance_stats.effective_deal_rate_score is 'deal_rate_score, else the workspace''s mean part, else 50: what the total counts.';
comment on column analytics.partner_performance_stats.effective_follow_up_score is 'follow_up_score, else the workspace''s mean part, else 50: what the total counts.';
comment on column analytics.partner_performance_stats.effective_feedback_score is 'feedback_score, else the workspace''s mean part, else 50: what the total counts.';
comment on column analytics.partner_performance_stats.effective_complaints_score is 'complaints_score, else the workspace''s mean part, else 50: what the total counts.';
comment on column analytics.partner_performance_stats.effective_trust_score is 'trust_score, else the workspace''s mean part, else 50: what the total counts.';
comment on column analytics.partner_performance_stats.effective_deal_value_score is 'deal_value_score, else the workspace''s mean part, else 50: what the total counts.';
comment on column analytics.partner_performance_stats.effective_consistency_score is 'consistency_score, else the workspace''s mean part, else 50: what the total counts.';
comment on column analytics.partner_performance_stats.performance_score is '0-100: weighted mean of the eight effective parts.';
comment on column analytics.partner_performance_stats.weights_version is 'Version of scoring.weights the score was made with.';
comment on column analytics.partner_performance_stats.weights_are_default is 'Whether those weights are the default (nil workspace) or the workspace''s own.';
comment on column analytics.partner_performance_stats.curves_version is 'Version of scoring.curves the score was made with.';
comment on column analytics.partner_performance_stats.curves_are_default is 'Whether those curves are the default (nil workspace) or the workspace''s own.';
comment on column analytics.partner_performance_stats.as_of is 'When the figures were computed.';
