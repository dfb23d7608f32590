-- How every active member of every workspace stands: METRICS section 1 at 7, 30 and 90 local days.
-- Grain: one row per (workspace, days, member).
-- Reads: metrics.rep_standing, which any other number of days asks directly; a test compares them.
-- Windows end with today in the zone of the member's branch. Rates are unrounded.
create materialized view stats.rep_performance_stats as
select
    t.workspace_id,
    d.days,
    s.user_id,
    s.window_from_day,
    s.window_to_day,
    s.new_leads_owned,
    s.source_leads,
    s.leads_contacted,
    s.response_seconds,
    s.avg_first_response_time_minutes,
    s.leads_never_contacted,
    s.never_contacted_rate,
    s.won_leads,
    s.conversion_rate,
    s.leads_worked,
    s.activities,
    s.activities_per_lead,
    s.tasks_created,
    s.tasks_created_completed,
    s.tasks_completed,
    s.task_completion_rate,
    s.campaign_leads_sent,
    s.campaign_opens,
    s.campaign_machine_opens,
    s.campaign_clicks,
    s.campaign_replies,
    s.campaign_bounces,
    s.campaign_open_rate,
    s.campaign_reply_rate,
    s.campaign_bounce_rate,
    app.now() as as_of
from crm.workspaces as t
cross join (values (7), (30), (90)) as d (days)
cross join lateral metrics.rep_standing(t.workspace_id, d.days) as s
with no data;

create unique index rep_performance_stats_grain
on stats.rep_performance_stats (workspace_id, days, user_id);
alter materialized view stats.rep_performance_stats owner to leadboard_rollup;
grant select on stats.rep_performance_stats to leadboard_view;

comment on materialized view stats.rep_performance_stats is
'One row per active member and window of 7, 30 and 90 local days: rep performance. Private: read analytics.rep_performance_stats.';
comment on column stats.rep_performance_stats.workspace_id is 'The tenant.';
comment on column stats.rep_performance_stats.days is 'Length of the window in local days: 7, 30 or 90.';
comment on column stats.rep_performance_stats.user_id is 'The member.';
comment on column stats.rep_performance_stats.window_from_day is 'First local day of the window, in the zone of the member''s branch.';
comment on column stats.rep_performance_stats.window_to_day is 'Day after the last local day of the window, which is the member''s today.';
comment on column stats.rep_performance_stats.new_leads_owned is 'Cohort: leads created in the window and credited to the member.';
comment on column stats.rep_performance_stats.source_leads is 'Cohort: new_leads_owned by source.';
comment on column stats.rep_performance_stats.leads_contacted is 'Cohort: of new_leads_owned, contacted.';
comment on column stats.rep_performance_stats.response_seconds is 'Cohort, seconds: sum of first_contact_at - created_at over leads_contacted.';
comment on column stats.rep_performance_stats.avg_first_response_time_minutes is 'Cohort, minutes: mean of first_contact_at - created_at over leads_contacted.';
comment on column stats.rep_performance_stats.leads_never_contacted is 'Cohort: of new_leads_owned, not contacted by now.';
comment on column stats.rep_performance_stats.never_contacted_rate is 'Cohort, 0-1: leads_never_contacted / new_leads_owned.';
comment on column stats.rep_performance_stats.won_leads is 'Cohort: of new_leads_owned, won by now.';
comment on column stats.rep_performance_stats.conversion_rate is 'Cohort, 0-1: won_leads / new_leads_owned.';
comment on column stats.rep_performance_stats.leads_worked is 'Event: distinct leads for which the member created a task or a note, or logged a contact activity, in the window.';
comment on column stats.rep_performance_stats.activities is 'Event: those tasks, notes and contact activities.';
comment on column stats.rep_performance_stats.activities_per_lead is 'Event: activities / leads_worked.';
comment on column stats.rep_performance_stats.tasks_created is 'Event: tasks the member created in the window.';
comment on column stats.rep_performance_stats.tasks_created_completed is 'Of tasks_created, completed by now.';
comment on column stats.rep_performance_stats.tasks_completed is 'Event: tasks the member completed in the window, whoever created them.';
comment on column stats.rep_performance_stats.task_completion_rate is '0-1: tasks_created_completed / tasks_created.';
comment on column stats.rep_performance_stats.campaign_leads_sent is 'Event by send day: recipients sent to in the window whose owner at send was the member.';
comment on column stats.rep_performance_stats.campaign_opens is 'Of campaign_leads_sent, opened by a person.';
comment on column stats.rep_performance_stats.campaign_machine_opens is 'Of campaign_leads_sent, opened by a machine; counted apart.';
comment on column stats.rep_performance_stats.campaign_clicks is 'Of campaign_leads_sent, clicked.';
comment on column stats.rep_performance_stats.campaign_replies is 'Of campaign_leads_sent, replied: by a person, and not before it was sent.';
comment on column stats.rep_performance_stats.campaign_bounces is 'Of campaign_leads_sent, bounced.';
comment on column stats.rep_performance_stats.campaign_open_rate is '0-1: campaign_opens / campaign_leads_sent.';
comment on column stats.rep_performance_stats.campaign_reply_rate is '0-1: campaign_replies / campaign_leads_sent.';
comment on column stats.rep_performance_stats.campaign_bounce_rate is '0-1: campaign_bounces / campaign_leads_sent.';
comment on column stats.rep_performance_stats.as_of is 'When the figures were computed.';
