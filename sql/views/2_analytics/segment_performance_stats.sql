-- The segment figures of whole workspaces, for their owners and admins. Who sees a part of the
-- leads has a part of the figures: analytics.segment_day shows a manager and everyone else the own
-- rows.
-- Grain: one row per (workspace, window, segment).
-- Reads: stats.segment_performance_stats, crm.segments (name and archiving as of now).
create view analytics.segment_performance_stats
with (security_barrier) as
select
    s.workspace_id,
    s.window_days,
    s.window_to_day,
    s.segment_id,
    g.name as segment_name,
    g.archived_at,
    s.leads_sent,
    s.delivered,
    s.opened,
    s.machine_opened,
    s.clicked,
    s.replied,
    s.bounced,
    s.converted,
    s.recomputed,
    s.open_rate,
    s.open_rate_low,
    s.open_rate_high,
    s.click_rate,
    s.reply_rate,
    s.reply_rate_low,
    s.reply_rate_high,
    s.bounce_rate,
    s.conversion_rate,
    s.reply_seconds,
    s.avg_reply_hours,
    s.prior_open_rate,
    s.prior_reply_rate,
    s.shrunk_open_rate,
    s.shrunk_reply_rate,
    s.is_provisional,
    s.open_rank,
    s.reply_rank,
    s.ranked_segments,
    s.open_position,
    s.reply_position,
    s.best_hour,
    s.best_hour_sent,
    s.best_hour_replied,
    s.best_weekday,
    s.best_weekday_sent,
    s.best_weekday_replied,
    s.as_of
from stats.segment_performance_stats as s
inner join crm.segments as g on g.workspace_id = s.workspace_id and g.id = s.segment_id
where s.workspace_id = any((select app.admin_workspaces())::uuid[]);
alter view analytics.segment_performance_stats owner to leadboard_view;
grant select on analytics.segment_performance_stats to leadboard_api, leadboard_bi;

comment on view analytics.segment_performance_stats is
'One row per segment and window of the last 7, 30, 90 and 365 local days, for owners and admins: what was sent, what became of it, ranks, best time to send. A lead may be in several segments: rows do not add up.';
comment on column analytics.segment_performance_stats.workspace_id is 'The tenant.';
comment on column analytics.segment_performance_stats.window_days is 'Length of the window in local days: 7, 30, 90 or 365.';
comment on column analytics.segment_performance_stats.window_to_day is 'Day after the last local day of the window, in the zone of the workspace.';
comment on column analytics.segment_performance_stats.segment_id is 'The segment.';
comment on column analytics.segment_performance_stats.segment_name is 'Name of the segment now.';
comment on column analytics.segment_performance_stats.archived_at is 'When the segment was put away; null for an active one.';
comment on column analytics.segment_performance_stats.leads_sent is 'Event, by send day: recipients (campaign and lead) sent to in the window, in the segment when they were sent to. Denominator of the rates.';
comment on column analytics.segment_performance_stats.delivered is 'Of leads_sent, delivered.';
comment on column analytics.segment_performance_stats.opened is 'Of leads_sent, opened by a person.';
comment on column analytics.segment_performance_stats.machine_opened is 'Of leads_sent, opened by a machine (privacy proxy, scanner); counted apart.';
comment on column analytics.segment_performance_stats.clicked is 'Of leads_sent, clicked.';
comment on column analytics.segment_performance_stats.replied is 'Of leads_sent, replied: not before it was sent, not by an auto-responder.';
comment on column analytics.segment_performance_stats.bounced is 'Of leads_sent, bounced.';
comment on column analytics.segment_performance_stats.converted is 'Of leads_sent, leads won after they were sent to.';
comment on column analytics.segment_performance_stats.recomputed is 'Of leads_sent, those without a snapshot, matched with the rule afterwards.';
comment on column analytics.segment_performance_stats.open_rate is '0-1: opened / leads_sent.';
comment on column analytics.segment_performance_stats.open_rate_low is '0-1: lower end of the Wilson 95 % interval of open_rate.';
comment on column analytics.segment_performance_stats.open_rate_high is '0-1: upper end of the Wilson 95 % interval of open_rate.';
comment on column analytics.segment_performance_stats.click_rate is '0-1: clicked / leads_sent.';
comment on column analytics.segment_performance_stats.reply_rate is '0-1: replied / leads_sent.';
comment on column analytics.segment_performance_stats.reply_rate_low is '0-1: lower end of the Wilson 95 % interval of reply_rate.';
comment on column analytics.segment_performance_stats.reply_rate_high is '0-1: upper end of the Wilson 95 % interval of reply_rate.';
comment on column analytics.segment_performance_stats.bounce_rate is '0-1: bounced / leads_sent.';
comment on column analytics.segment_performance_stats.conversion_rate is '0-1: converted / leads_sent.';
comment on column analytics.segment_performance_stats.reply_seconds is 'Seconds: sum of first_replied_at - sent_at over replied.';
comment on column analytics.segment_performance_stats.avg_reply_hours is 'Hours: mean of first_replied_at - sent_at over replied.';
comment on column analytics.segment_performance_stats.prior_open_rate is '0-1: open rate of everything the workspace sent in the window, each recipient once.';
comment on column analytics.segment_performance_stats.prior_reply_rate is '0-1: reply rate of everything the workspace sent in the window, each recipient once.';
comment on column analytics.segment_performance_stats.shrunk_open_rate is '0-1: (opened + 10 x prior) / (leads_sent + 10).';
comment on column analytics.segment_performance_stats.shrunk_reply_rate is '0-1: (replied + 10 x prior) / (leads_sent + 10).';
comment on column analytics.segment_performance_stats.is_provisional is 'Whether fewer than 20 were sent to: not ranked, listed last.';
comment on column analytics.segment_performance_stats.open_rank is 'Rank by shrunk_open_rate among active segments with 20 or more sent; equal ones share it.';
comment on column analytics.segment_performance_stats.reply_rank is 'Rank by shrunk_reply_rate among active segments with 20 or more sent; equal ones share it.';
comment on column analytics.segment_performance_stats.ranked_segments is 'How many segments are ranked.';
comment on column analytics.segment_performance_stats.open_position is 'Place in a list by open_rank, provisional segments last; null when archived or nothing was sent.';
comment on column analytics.segment_performance_stats.reply_position is 'Place in a list by reply_rank, provisional segments last; null when archived or nothing was sent.';
comment on column analytics.segment_performance_stats.best_hour is 'Local hour (0-23) of sending with the highest shrunk reply rate, of those with 20 or more sent.';
comment on column analytics.segment_performance_stats.best_hour_sent is 'Recipients sent to in that hour.';
comment on column analytics.segment_performance_stats.best_hour_replied is 'Of those, replied.';
comment on column analytics.segment_performance_stats.best_weekday is 'Weekday (1 Monday to 7 Sunday) of sending with the highest shrunk reply rate, of those with 20 or more sent.';
comment on column analytics.segment_performance_stats.best_weekday_sent is 'Recipients sent to on that weekday.';
comment on column analytics.segment_performance_stats.best_weekday_replied is 'Of those, replied.';
comment on column analytics.segment_performance_stats.as_of is 'When the figures were computed.';
