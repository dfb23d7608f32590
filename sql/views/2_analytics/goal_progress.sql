-- How every goal stands: personal ones and the team's (user_id null).
-- Grain: one row per goal.
-- Reads: crm.goals, metrics.goal_progress (rollups), goals.achievements. An admin sees all, a
-- manager those of the branch's members, everyone else the own and the team's (policies).
create view analytics.goal_progress
with (security_barrier) as
select
    g.workspace_id,
    g.id as goal_id,
    g.user_id,
    g.period,
    g.goal_type,
    g.period_start,
    g.period_end,
    g.target_value,
    p.current_value,
    p.completion,
    p.expected_value,
    p.projected_value,
    p.status,
    p.days,
    p.elapsed_days,
    p.is_lower_better,
    g.period_start <= p.today and p.today < g.period_end as is_running,
    a.achieved_on,
    a.achieved_at
from crm.goals as g
cross join lateral metrics.goal_progress(g) as p
left join goals.achievements as a
    on
        a.workspace_id = g.workspace_id
        and a.user_id is not distinct from g.user_id
        and a.period = g.period
        and a.goal_type = g.goal_type
        and a.period_start = g.period_start
        and a.target_value = g.target_value
where g.workspace_id = any((select app.member_workspaces())::uuid[]);
alter view analytics.goal_progress owner to leadboard_view;
grant select on analytics.goal_progress to leadboard_api, leadboard_bi;

comment on view analytics.goal_progress is
'One row per goal of a member or, with user_id null, of the team: target, value, completion, pace, projection, status and when it was reached.';
comment on column analytics.goal_progress.workspace_id is 'The tenant.';
comment on column analytics.goal_progress.goal_id is 'The goal.';
comment on column analytics.goal_progress.user_id is 'Whose goal; null for the team''s.';
comment on column analytics.goal_progress.period is 'monthly, quarterly or yearly.';
comment on column analytics.goal_progress.goal_type is 'conversions (leads won), revenue (workspace currency), response_time (mean hours to first contact), ...';
comment on column analytics.goal_progress.period_start is 'First local day.';
comment on column analytics.goal_progress.period_end is 'Day after the last local day.';
comment on column analytics.goal_progress.target_value is 'What is aimed at, in the unit of the goal type.';
comment on column analytics.goal_progress.current_value is 'The value by now, in the same unit; null where nothing is measured.';
comment on column analytics.goal_progress.completion is 'value / target, above 1 beyond it; where lower is better clamp(2 - value / target, 0, 1).';
comment on column analytics.goal_progress.expected_value is 'Linear pace: the value needed by the end of today; where lower is better, the target.';
comment on column analytics.goal_progress.projected_value is 'Value at the end of the period if it goes on like this.';
comment on column analytics.goal_progress.status is 'no_data, on_track, at_risk, reached or missed.';
comment on column analytics.goal_progress.days is 'Local days of the period, from the day the member joined.';
comment on column analytics.goal_progress.elapsed_days is 'Of those, today and before.';
comment on column analytics.goal_progress.is_lower_better is 'Whether a lower value is the better one.';
comment on column analytics.goal_progress.is_running is 'Whether today lies in the period.';
comment on column analytics.goal_progress.achieved_on is 'Local day on which this target was first reached.';
comment on column analytics.goal_progress.achieved_at is 'When the refresh recorded that.';
