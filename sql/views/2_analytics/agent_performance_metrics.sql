-- The daily figures of every member, with the sums and counts behind each mean (seed columns
-- agent_id, date, leads_assigned, leads_contacted, leads_interested, leads_converted,
-- revenue_generated, response_time_avg_hours, satisfaction_score, satisfaction_count).
-- Grain: one row per (workspace, member, local day) on which anything counts.
-- Cohort: leads and response time by the day the leads came in, whatever happened to them since;
-- each stage is reached or passed. Event: revenue by the day of winning, ratings by the day given.
-- Reads: rollup.lead_day, rollup.outcome_day, rollup.service_day, crm.workspaces, stats.people. An
-- admin sees all members, a manager those of the branch, everyone else the own rows.
create view analytics.agent_performance_metrics
with (security_barrier) as
select
    d.workspace_id,
    d.agent_id,
    d.date,
    sum(d.leads)::bigint as leads_assigned,
    sum(d.reached_contacted)::bigint as leads_contacted,
    sum(d.reached_interested)::bigint as leads_interested,
    sum(d.won)::bigint as leads_converted,
    sum(d.revenue) as revenue_generated,
    sum(d.response_seconds) / nullif(sum(d.contacted), 0) / 3600 as response_time_avg_hours,
    sum(d.rating_sum) / nullif(sum(d.ratings), 0) as satisfaction_score,
    sum(d.ratings)::bigint as satisfaction_count,
    sum(d.response_seconds) as response_seconds,
    sum(d.contacted)::bigint as response_count,
    sum(d.rating_sum)::bigint as satisfaction_sum,
    sum(d.outcomes)::bigint as leads_won_that_day
from (
    select
        x.workspace_id,
        x.subject_id as agent_id,
        x.day as date,
        x.leads,
        x.reached_contacted,
        x.reached_interested,
        x.won,
        0::numeric as revenue,
        x.response_seconds,
        x.contacted,
        0::bigint as rating_sum,
        0::bigint as ratings,
        0::bigint as outcomes
    from rollup.lead_day as x
    union all
    select
        x.workspace_id,
        x.subject_id,
        x.day,
        0,
        0,
        0,
        0,
        case w.deal_value_basis when 'price_at_purchase' then x.price else x.revenue end,
        0,
        0,
        0,
        0,
        x.won
    from rollup.outcome_day as x
    inner join crm.workspaces as w on w.workspace_id = x.workspace_id
    union all
    select
        x.workspace_id,
        x.subject_id,
        x.day,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        x.rating_sum,
        x.ratings,
        0
    from rollup.service_day as x
) as d
inner join stats.people as p on p.workspace_id = d.workspace_id and p.user_id = d.agent_id
where
    d.workspace_id = any((select app.member_workspaces())::uuid[])
    and (
        d.workspace_id = any((select app.admin_workspaces())::uuid[])
        or p.branch_id = any((select app.managed_branches())::uuid[])
        or d.agent_id = (select app.current_user_id())
    )
group by d.workspace_id, d.agent_id, d.date;
alter view analytics.agent_performance_metrics owner to leadboard_view;
grant select on analytics.agent_performance_metrics to leadboard_api, leadboard_bi;

comment on view analytics.agent_performance_metrics is
'One row per member and local day: leads and how far they came, revenue, response time and ratings, with the sums and counts behind each mean.';
comment on column analytics.agent_performance_metrics.workspace_id is 'The tenant.';
comment on column analytics.agent_performance_metrics.agent_id is 'The member the leads are credited to, or who was rated.';
comment on column analytics.agent_performance_metrics.date is 'Local day, in the zone of each lead''s branch.';
comment on column analytics.agent_performance_metrics.leads_assigned is 'Cohort: leads that came in that day.';
comment on column analytics.agent_performance_metrics.leads_contacted is 'Cohort: of leads_assigned, contacted or past it by now.';
comment on column analytics.agent_performance_metrics.leads_interested is 'Cohort: of leads_assigned, interested or past it by now.';
comment on column analytics.agent_performance_metrics.leads_converted is 'Cohort: of leads_assigned, won by now.';
comment on column analytics.agent_performance_metrics.revenue_generated is 'Event, workspace currency: value of the leads won that day, refunds negative.';
comment on column analytics.agent_performance_metrics.response_time_avg_hours is 'Cohort, hours: response_seconds / response_count / 3600.';
comment on column analytics.agent_performance_metrics.satisfaction_score is 'Event, 1-5: satisfaction_sum / satisfaction_count.';
comment on column analytics.agent_performance_metrics.satisfaction_count is 'Event: ratings given that day.';
comment on column analytics.agent_performance_metrics.response_seconds is 'Cohort, seconds: sum of first_contact_at - created_at over response_count.';
comment on column analytics.agent_performance_metrics.response_count is 'Cohort: of leads_assigned, contacted (first_contact_at set).';
comment on column analytics.agent_performance_metrics.satisfaction_sum is 'Event: sum of the ratings given that day.';
comment on column analytics.agent_performance_metrics.leads_won_that_day is 'Event: leads won that day.';
