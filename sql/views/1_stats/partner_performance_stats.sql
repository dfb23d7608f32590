-- How every partner of every workspace stands: METRICS section 3, with the performance score of
-- 3.1.
-- Grain: one row per (workspace, partner), active partners only.
-- Reads: metrics.partner_performance at 30 and at 7 local days, side by side; crm.leads by index
-- for the two figures of now; crm.profiles, crm.workspaces, scoring.weights, scoring.curves. Never
-- all history: cost follows the leads of the window and the open ones.
-- Windows end with today in the zone of the partner's branch; a workspace with several zones may
-- have two todays at once, and the function is asked once for each.
-- Priors, means and the 95th percentile are those of the workspace's rows in this view, so every
-- score can be recomputed from the view alone. Rates and scores are unrounded.
-- One workspace at a time: the plan of each stays small, however many there are.
-- `calculatePerformanceScore` of the source system is performance_score here.
create materialized view stats.partner_performance_stats as
select
    t.workspace_id,
    s.partner_id,
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
from crm.workspaces as t
inner join lateral (
    with windows as (
        select distinct app.today(p.zone) as today
        from metrics.partners(t.workspace_id) as p
        where p.is_active
    ),

    -- Materialized here and below, or the planner may ask again for every partner.
    month as materialized (
        select
            w.today,
            f.partner_id,
            f.leads_assigned,
            f.leads_accepted,
            f.leads_rejected,
            f.conversion_rate,
            f.acceptance_seconds,
            f.avg_response_time_minutes,
            f.leads_contacted,
            f.response_seconds,
            f.avg_first_response_time_minutes,
            f.median_first_response_time_minutes,
            f.leads_contacted_within_1h,
            f.pct_contacted_within_1h,
            f.leads_contacted_within_24h,
            f.pct_contacted_within_24h,
            f.won_leads,
            f.lost_leads,
            f.deal_rate,
            f.deal_rate_low,
            f.deal_rate_high,
            f.contact_attempts,
            f.avg_contact_attempts_per_lead,
            f.leads_min_2_attempts,
            f.pct_leads_min_2_attempts,
            f.num_ratings,
            f.rating_sum,
            f.avg_customer_rating,
            f.complaints,
            f.complaint_rate,
            f.won_leads_valued,
            f.deal_value_sum,
            f.avg_deal_value,
            f.median_deal_value,
            f.deal_values
        from windows as w
        cross join metrics.partner_performance(t.workspace_id, w.today - 29, w.today + 1) as f
    ),

    week as materialized (
        select
            w.today,
            f.partner_id,
            f.leads_assigned,
            f.leads_contacted,
            f.response_seconds,
            f.avg_first_response_time_minutes,
            f.won_leads,
            f.lost_leads,
            f.deal_rate
        from windows as w
        cross join metrics.partner_performance(t.workspace_id, w.today - 6, w.today + 1) as f
    ),

    figures as (
        select
            m.partner_id,
            m.today + 1 as window_to_day,
            (
                select count(*)
                from crm.leads as l
                where
                    l.workspace_id = t.workspace_id
                    and l.credited_user_id = m.partner_id
                    and crm.is_open(l.status)
            ) as open_leads_count,
            (
                select max(l.assigned_at)
                from crm.leads as l
                where l.workspace_id = t.workspace_id and l.owner_user_id = m.partner_id
            ) as last_lead_assigned_at,
            scoring.ai_trust(r.ai_risk_score, t.ai_score_measures) as ai_trust_score,
            m.leads_assigned as leads_assigned_30d,
            m.leads_accepted as leads_accepted_30d,
            m.leads_rejected as leads_rejected_30d,
            m.conversion_rate as conversion_rate_30d,
            m.acceptance_seconds as acceptance_seconds_30d,
            m.avg_response_time_minutes,
            m.leads_contacted as leads_contacted_30d,
            m.response_seconds as response_seconds_30d,
            m.avg_first_response_time_minutes as avg_first_response_time_minutes_30d,
            m.median_first_response_time_minutes as median_first_response_time_minutes_30d,
            m.leads_contacted_within_1h as leads_contacted_within_1h_30d,
            m.pct_contacted_within_1h as pct_contacted_within_1h_30d,
            m.leads_contacted_within_24h as leads_contacted_within_24h_30d,
            m.pct_contacted_within_24h as pct_contacted_within_24h_30d,
            m.won_leads as won_leads_30d,
            m.lost_leads as lost_leads_30d,
            m.deal_rate as deal_rate_30d,
            m.deal_rate_low as deal_rate_low_30d,
            m.deal_rate_high as deal_rate_high_30d,
            m.contact_attempts as contact_attempts_30d,
            m.avg_contact_attempts_per_lead as avg_contact_attempts_per_lead_30d,
            m.leads_min_2_attempts as leads_min_2_attempts_30d,
            m.pct_leads_min_2_attempts as pct_leads_min_2_attempts_30d,
            m.num_ratings as num_ratings_30d,
            m.rating_sum as rating_sum_30d,
            m.avg_customer_rating as avg_customer_rating_30d,
            m.complaints as complaints_30d,
            m.complaint_rate as complaint_rate_30d,
            m.won_leads_valued as won_leads_valued_30d,
            m.deal_value_sum as deal_value_sum_30d,
            m.avg_deal_value as avg_deal_value_30d,
            m.median_deal_value as median_deal_value_30d,
            m.deal_values,
            k.leads_assigned as leads_assigned_7d,
            k.leads_contacted as leads_contacted_7d,
            k.response_seconds as response_seconds_7d,
            k.avg_first_response_time_minutes as avg_first_response_time_minutes_7d,
            k.won_leads as won_leads_7d,
            k.lost_leads as lost_leads_7d,
            k.deal_rate as deal_rate_7d,
            sum(m.won_leads) over ()
            / nullif(sum(m.won_leads + m.lost_leads) over (), 0) as prior_deal_rate_30d,
            sum(m.rating_sum) over ()
            / nullif(sum(m.num_ratings) over (), 0) as prior_customer_rating_30d,
            sum(m.complaints) over ()
            / nullif(sum(m.leads_assigned) over (), 0) as prior_complaint_rate_30d
        from month as m
        inner join week as k on k.partner_id = m.partner_id and k.today = m.today
        -- A partner has rows for every today of the workspace; the own one counts.
        inner join metrics.partners(t.workspace_id) as p
            on p.partner_id = m.partner_id and app.today(p.zone) = m.today and p.is_active
        left join crm.profiles as r on r.workspace_id = t.workspace_id and r.user_id = m.partner_id
    ),

    deal_values as materialized (
        select percentile_disc(0.95) within group (order by v.deal_value) as p95
        from figures as f
        cross join unnest(f.deal_values) as v (deal_value)
    ),

    weights as materialized (
        select
            array_agg(a.weight order by a.ordinal) as weights,
            sum(a.weight) as weight_sum,
            min(a.version) as version,
            bool_and(a.is_default) as is_default
        from scoring.active_weights(t.workspace_id) as a
    ),

    -- One row per curve becomes one row; max is that of the only one.
    curves as materialized (
        select
            max(a.xs) filter (where a.curve = 'response') as response_xs,
            max(a.ys) filter (where a.curve = 'response') as response_ys,
            max(a.xs) filter (where a.curve = 'deal_rate') as deal_rate_xs,
            max(a.ys) filter (where a.curve = 'deal_rate') as deal_rate_ys,
            max(a.xs) filter (where a.curve = 'feedback') as feedback_xs,
            max(a.ys) filter (where a.curve = 'feedback') as feedback_ys,
            max(a.xs) filter (where a.curve = 'complaints') as complaints_xs,
            max(a.ys) filter (where a.curve = 'complaints') as complaints_ys,
            min(a.version) as version,
            bool_and(a.is_default) as is_default
        from scoring.active_curves(t.workspace_id) as a
    )

    select
        f.partner_id,
        f.window_to_day,
        f.open_leads_count,
        f.last_lead_assigned_at,
        f.ai_trust_score,
        f.leads_assigned_30d,
        f.leads_accepted_30d,
        f.leads_rejected_30d,
        f.conversion_rate_30d,
        f.acceptance_seconds_30d,
        f.avg_response_time_minutes,
        f.leads_contacted_30d,
        f.response_seconds_30d,
        f.avg_first_response_time_minutes_30d,
        f.median_first_response_time_minutes_30d,
        f.leads_contacted_within_1h_30d,
        f.pct_contacted_within_1h_30d,
        f.leads_contacted_within_24h_30d,
        f.pct_contacted_within_24h_30d,
        f.won_leads_30d,
        f.lost_leads_30d,
        f.deal_rate_30d,
        f.deal_rate_low_30d,
        f.deal_rate_high_30d,
        f.contact_attempts_30d,
        f.avg_contact_attempts_per_lead_30d,
        f.leads_min_2_attempts_30d,
        f.pct_leads_min_2_attempts_30d,
        f.num_ratings_30d,
        f.rating_sum_30d,
        f.avg_customer_rating_30d,
        f.complaints_30d,
        f.complaint_rate_30d,
        f.won_leads_valued_30d,
        f.deal_value_sum_30d,
        f.avg_deal_value_30d,
        f.median_deal_value_30d,
        f.leads_assigned_7d,
        f.leads_contacted_7d,
        f.response_seconds_7d,
        f.avg_first_response_time_minutes_7d,
        f.won_leads_7d,
        f.lost_leads_7d,
        f.deal_rate_7d,
        f.prior_deal_rate_30d,
        h.deal_rate as shrunk_deal_rate_30d,
        f.prior_customer_rating_30d,
        h.customer_rating as shrunk_customer_rating_30d,
        f.prior_complaint_rate_30d,
        h.complaint_rate as shrunk_complaint_rate_30d,
        v.p95 as p95_deal_value_30d,
        r.response_score,
        r.deal_rate_score,
        r.follow_up_score,
        r.feedback_score,
        r.complaints_score,
        r.trust_score,
        r.deal_value_score,
        r.consistency_score,
        scoring.effective_part(
            r.response_score, avg(r.response_score) over ()
        ) as effective_response_score,
        scoring.effective_part(
            r.deal_rate_score, avg(r.deal_rate_score) over ()
        ) as effective_deal_rate_score,
        scoring.effective_part(
            r.follow_up_score, avg(r.follow_up_score) over ()
        ) as effective_follow_up_score,
        scoring.effective_part(
            r.feedback_score, avg(r.feedback_score) over ()
        ) as effective_feedback_score,
        scoring.effective_part(
            r.complaints_score, avg(r.complaints_score) over ()
        ) as effective_complaints_score,
        scoring.effective_part(
            r.trust_score, avg(r.trust_score) over ()
        ) as effective_trust_score,
        scoring.effective_part(
            r.deal_value_score, avg(r.deal_value_score) over ()
        ) as effective_deal_value_score,
        scoring.effective_part(
            r.consistency_score, avg(r.consistency_score) over ()
        ) as effective_consistency_score,
        scoring.total(
            array[
                r.response_score,
                r.deal_rate_score,
                r.follow_up_score,
                r.feedback_score,
                r.complaints_score,
                r.trust_score,
                r.deal_value_score,
                r.consistency_score
            ],
            array[
                avg(r.response_score) over (),
                avg(r.deal_rate_score) over (),
                avg(r.follow_up_score) over (),
                avg(r.feedback_score) over (),
                avg(r.complaints_score) over (),
                avg(r.trust_score) over (),
                avg(r.deal_value_score) over (),
                avg(r.consistency_score) over ()
            ],
            w.weights,
            w.weight_sum
        ) as performance_score,
        w.version as weights_version,
        w.is_default as weights_are_default,
        c.version as curves_version,
        c.is_default as curves_are_default,
        app.now() as as_of
    from figures as f
    cross join deal_values as v
    cross join weights as w
    cross join curves as c
    inner join lateral (
        select
            scoring.shrunk_rate(
                f.won_leads_30d, f.won_leads_30d + f.lost_leads_30d, f.prior_deal_rate_30d
            ) as deal_rate,
            scoring.shrunk_mean(
                f.rating_sum_30d, f.num_ratings_30d, f.prior_customer_rating_30d
            ) as customer_rating,
            scoring.shrunk_rate(
                f.complaints_30d, f.leads_assigned_30d, f.prior_complaint_rate_30d
            ) as complaint_rate
    ) as h on true
    inner join lateral (
        select
            scoring.response_score(
                f.avg_first_response_time_minutes_30d, c.response_xs, c.response_ys
            ) as response_score,
            scoring.deal_rate_score(
                h.deal_rate, c.deal_rate_xs, c.deal_rate_ys
            ) as deal_rate_score,
            scoring.follow_up_score(f.pct_leads_min_2_attempts_30d) as follow_up_score,
            scoring.feedback_score(
                h.customer_rating, c.feedback_xs, c.feedback_ys
            ) as feedback_score,
            scoring.complaints_score(
                h.complaint_rate, c.complaints_xs, c.complaints_ys
            ) as complaints_score,
            scoring.trust_score(f.ai_trust_score) as trust_score,
            scoring.deal_value_score(f.avg_deal_value_30d, v.p95) as deal_value_score,
            scoring.consistency_score(
                f.deal_rate_7d,
                f.deal_rate_30d,
                f.avg_first_response_time_minutes_7d,
                f.avg_first_response_time_minutes_30d
            ) as consistency_score
    ) as r on true
) as s on true
with no data;

create unique index partner_performance_stats_grain
on stats.partner_performance_stats (workspace_id, partner_id);
alter materialized view stats.partner_performance_stats owner to leadboard_rollup;
grant select on stats.partner_performance_stats to leadboard_view, leadboard_owner;

comment on materialized view stats.partner_performance_stats is
'One row per active partner: figures of the last 7 and 30 local days, what is open now, and the performance score with its parts. Private: read analytics.partner_performance_stats.';
comment on column stats.partner_performance_stats.workspace_id is 'The tenant.';
comment on column stats.partner_performance_stats.partner_id is 'The partner: an active member with role partner or agent, or with a routing profile.';
comment on column stats.partner_performance_stats.window_to_day is 'Day after the last local day of the windows, in the zone of the partner''s branch: the 7 and 30 days are the ones before it.';
comment on column stats.partner_performance_stats.open_leads_count is 'Now: leads credited to the partner in an open status (new, accepted, contacted, in_progress, qualified).';
comment on column stats.partner_performance_stats.last_lead_assigned_at is 'Now: latest assignment among the leads the partner owns; null when there is none.';
comment on column stats.partner_performance_stats.ai_trust_score is 'Now, 0-100: the AI assessment of the profile as trust (100 - score where the workspace says it measures risk).';
comment on column stats.partner_performance_stats.leads_assigned_30d is 'Cohort: leads created in the last 30 local days and credited to the partner. Denominator of the 30-day shares.';
comment on column stats.partner_performance_stats.leads_accepted_30d is 'Cohort: of leads_assigned_30d, accepted.';
comment on column stats.partner_performance_stats.leads_rejected_30d is 'Cohort: of leads_assigned_30d, rejected.';
comment on column stats.partner_performance_stats.conversion_rate_30d is 'Cohort, 0-1: leads_accepted_30d / leads_assigned_30d.';
comment on column stats.partner_performance_stats.acceptance_seconds_30d is 'Cohort, seconds: sum of accepted_at - created_at over leads_accepted_30d.';
comment on column stats.partner_performance_stats.avg_response_time_minutes is 'Cohort, minutes: mean of accepted_at - created_at over leads_accepted_30d.';
comment on column stats.partner_performance_stats.leads_contacted_30d is 'Cohort: of leads_assigned_30d, contacted.';
comment on column stats.partner_performance_stats.response_seconds_30d is 'Cohort, seconds: sum of first_contact_at - created_at over leads_contacted_30d.';
comment on column stats.partner_performance_stats.avg_first_response_time_minutes_30d is 'Cohort, minutes: mean of first_contact_at - created_at over leads_contacted_30d.';
comment on column stats.partner_performance_stats.median_first_response_time_minutes_30d is 'Cohort, minutes: time within which half of leads_assigned_30d were contacted; a lead never contacted is infinitely late, null when more than half are.';
comment on column stats.partner_performance_stats.leads_contacted_within_1h_30d is 'Cohort: of leads_assigned_30d, contacted within an hour.';
comment on column stats.partner_performance_stats.pct_contacted_within_1h_30d is 'Cohort, 0-100: share of leads_assigned_30d contacted within an hour.';
comment on column stats.partner_performance_stats.leads_contacted_within_24h_30d is 'Cohort: of leads_assigned_30d, contacted within 24 hours.';
comment on column stats.partner_performance_stats.pct_contacted_within_24h_30d is 'Cohort, 0-100: share of leads_assigned_30d contacted within 24 hours.';
comment on column stats.partner_performance_stats.won_leads_30d is 'Cohort: of leads_assigned_30d, won by now.';
comment on column stats.partner_performance_stats.lost_leads_30d is 'Cohort: of leads_assigned_30d, lost by now.';
comment on column stats.partner_performance_stats.deal_rate_30d is 'Cohort, 0-1: won_leads_30d / (won_leads_30d + lost_leads_30d).';
comment on column stats.partner_performance_stats.deal_rate_low_30d is 'Cohort, 0-1: lower end of the Wilson 95 % interval of deal_rate_30d.';
comment on column stats.partner_performance_stats.deal_rate_high_30d is 'Cohort, 0-1: upper end of the Wilson 95 % interval of deal_rate_30d.';
comment on column stats.partner_performance_stats.contact_attempts_30d is 'Cohort: contact activities on leads_assigned_30d, whenever.';
comment on column stats.partner_performance_stats.avg_contact_attempts_per_lead_30d is 'Cohort: contact_attempts_30d / leads_assigned_30d.';
comment on column stats.partner_performance_stats.leads_min_2_attempts_30d is 'Cohort: of leads_assigned_30d, those with two or more contact activities.';
comment on column stats.partner_performance_stats.pct_leads_min_2_attempts_30d is 'Cohort, 0-100: share of leads_assigned_30d with two or more contact activities.';
comment on column stats.partner_performance_stats.num_ratings_30d is 'Event: ratings given to the partner in the last 30 local days.';
comment on column stats.partner_performance_stats.rating_sum_30d is 'Event: sum of those ratings, 1-5 each.';
comment on column stats.partner_performance_stats.avg_customer_rating_30d is 'Event, 1-5: rating_sum_30d / num_ratings_30d.';
comment on column stats.partner_performance_stats.complaints_30d is 'Event: complaints about the partner in the last 30 local days.';
comment on column stats.partner_performance_stats.complaint_rate_30d is 'complaints_30d (event) / leads_assigned_30d (cohort); may exceed 1.';
comment on column stats.partner_performance_stats.won_leads_valued_30d is 'Cohort: of won_leads_30d, those whose value is known (deal value or purchase price, as the workspace says).';
comment on column stats.partner_performance_stats.deal_value_sum_30d is 'Cohort, workspace currency: sum of the values of won_leads_valued_30d.';
comment on column stats.partner_performance_stats.avg_deal_value_30d is 'Cohort, workspace currency: mean value of won_leads_valued_30d.';
comment on column stats.partner_performance_stats.median_deal_value_30d is 'Cohort, workspace currency: median value of won_leads_valued_30d.';
comment on column stats.partner_performance_stats.leads_assigned_7d is 'Cohort: leads created in the last 7 local days and credited to the partner.';
comment on column stats.partner_performance_stats.leads_contacted_7d is 'Cohort: of leads_assigned_7d, contacted.';
comment on column stats.partner_performance_stats.response_seconds_7d is 'Cohort, seconds: sum of first_contact_at - created_at over leads_contacted_7d.';
comment on column stats.partner_performance_stats.avg_first_response_time_minutes_7d is 'Cohort, minutes: mean of first_contact_at - created_at over leads_contacted_7d.';
comment on column stats.partner_performance_stats.won_leads_7d is 'Cohort: of leads_assigned_7d, won by now.';
comment on column stats.partner_performance_stats.lost_leads_7d is 'Cohort: of leads_assigned_7d, lost by now.';
comment on column stats.partner_performance_stats.deal_rate_7d is 'Cohort, 0-1: won_leads_7d / (won_leads_7d + lost_leads_7d).';
comment on column stats.partner_performance_stats.prior_deal_rate_30d is 'Cohort, 0-1: the workspace''s own deal rate over all partners of this view, towards which deal rates are shrunk.';
comment on column stats.partner_performance_stats.shrunk_deal_rate_30d is 'Cohort, 0-1: (won + 10 x prior) / (won + lost + 10), input of deal_rate_score.';
comment on column stats.partner_performance_stats.prior_customer_rating_30d is 'Event, 1-5: the workspace''s own mean rating over all partners of this view.';
comment on column stats.partner_performance_stats.shrunk_customer_rating_30d is 'Event, 1-5: (rating sum + 10 x prior) / (ratings + 10), input of feedback_score.';
comment on column stats.partner_performance_stats.prior_complaint_rate_30d is 'The workspace''s own complaint rate over all partners of this view.';
comment on column stats.partner_performance_stats.shrunk_complaint_rate_30d is '(complaints + 10 x prior) / (leads + 10), input of complaints_score.';
comment on column stats.partner_performance_stats.p95_deal_value_30d is 'Cohort, workspace currency: 95th percentile (a value that occurs) of the won leads'' values over all partners of this view.';
comment on column stats.partner_performance_stats.response_score is 'Part of the score, 0-100: response curve at avg_first_response_time_minutes_30d; null when not measured.';
comment on column stats.partner_performance_stats.deal_rate_score is 'Part of the score, 0-100: deal rate curve at shrunk_deal_rate_30d; null when not measured.';
comment on column stats.partner_performance_stats.follow_up_score is 'Part of the score, 0-100: pct_leads_min_2_attempts_30d; null when not measured.';
comment on column stats.partner_performance_stats.feedback_score is 'Part of the score, 0-100: feedback curve at shrunk_customer_rating_30d; null when not measured.';
comment on column stats.partner_performance_stats.complaints_score is 'Part of the score, 0-100: complaints curve at shrunk_complaint_rate_30d; null when not measured.';
comment on column stats.partner_performance_stats.trust_score is 'Part of the score, 0-100: ai_trust_score; null when not measured.';
comment on column stats.partner_performance_stats.deal_value_score is 'Part of the score, 0-100: 100 ln(1 + avg_deal_value_30d) / ln(1 + p95_deal_value_30d), at most 100; null when not measured.';
comment on column stats.partner_performance_stats.consistency_score is 'Part of the score, 0-100: how little 7 days differ from 30 days in deal rate and response time; null while a 7-day figure is missing.';
comment on column stats.partner_performance_stats.effective_response_score is 'response_score, else the workspace''s mean part, else 50: what the total counts.';
comment on column stats.partner_performance_stats.effective_deal_rate_score is 'deal_rate_score, else the workspace''s mean part, else 50: what the total counts.';
comment on column stats.partner_performance_stats.effective_follow_up_score is 'follow_up_score, else the workspace''s mean part, else 50: what the total counts.';
comment on column stats.partner_performance_stats.effective_feedback_score is 'feedback_score, else the workspace''s mean part, else 50: what the total counts.';
comment on column stats.partner_performance_stats.effective_complaints_score is 'complaints_score, else the workspace''s mean part, else 50: what the total counts.';
comment on column stats.partner_performance_stats.effective_trust_score is 'trust_score, else the workspace''s mean part, else 50: what the total counts.';
comment on column stats.partner_performance_stats.effective_deal_value_score is 'deal_value_score, else the workspace''s mean part, else 50: what the total counts.';
comment on column stats.partner_performance_stats.effective_consistency_score is 'consistency_score, else the workspace''s mean part, else 50: what the total counts.';
comment on column stats.partner_performance_stats.performance_score is '0-100: weighted mean of the eight effective parts.';
comment on column stats.partner_performance_stats.weights_version is 'Version of scoring.weights the score was made with.';
comment on column stats.partner_performance_stats.weights_are_default is 'Whether those weights are the default (nil workspace) or the workspace''s own.';
comment on column stats.partner_performance_stats.curves_version is 'Version of scoring.curves the score was made with.';
comment on column stats.partner_performance_stats.curves_are_default is 'Whether those curves are the default (nil workspace) or the workspace''s own.';
comment on column stats.partner_performance_stats.as_of is 'When the figures were computed.';
