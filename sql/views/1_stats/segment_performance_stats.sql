-- How every segment of every workspace did: METRICS section 4.
-- Grain: one row per (workspace, window, segment), archived segments too.
-- Reads: metrics.segment_window at 7, 30, 90 and 365 local days. Any other window is the same
-- function. Windows end with today in the zone of the workspace. Rates are unrounded.
create materialized view stats.segment_performance_stats as
select
    t.workspace_id,
    d.window_days,
    f.window_to_day,
    f.segment_id,
    f.leads_sent,
    f.delivered,
    f.opened,
    f.machine_opened,
    f.clicked,
    f.replied,
    f.bounced,
    f.converted,
    f.recomputed,
    f.open_rate,
    f.open_rate_low,
    f.open_rate_high,
    f.click_rate,
    f.reply_rate,
    f.reply_rate_low,
    f.reply_rate_high,
    f.bounce_rate,
    f.conversion_rate,
    f.reply_seconds,
    f.avg_reply_hours,
    f.prior_open_rate,
    f.prior_reply_rate,
    f.shrunk_open_rate,
    f.shrunk_reply_rate,
    f.is_provisional,
    f.open_rank,
    f.reply_rank,
    f.ranked_segments,
    f.open_position,
    f.reply_position,
    f.best_hour,
    f.best_hour_sent,
    f.best_hour_replied,
    f.best_weekday,
    f.best_weekday_sent,
    f.best_weekday_replied,
    app.now() as as_of
from crm.workspaces as t
cross join (values (7), (30), (90), (365)) as d (window_days)
cross join lateral metrics.segment_window(t.workspace_id, d.window_days) as f
with no data;

create unique index segment_performance_stats_grain
on stats.segment_performance_stats (workspace_id, window_days, segment_id);
alter materialized view stats.segment_performance_stats owner to leadboard_rollup;
grant select on stats.segment_performance_stats to leadboard_view;
-- Nothing for anybody who logs in: there is no row-level security on a materialized view.

comment on materialized view stats.segment_performance_stats is 'One row per segment and window of the last 7, 30, 90 and 365 local days: what was sent, what became of it, ranks, best time to send. Private; shown by analytics.segment_performance_stats.';
comment on column stats.segment_performance_stats.workspace_id is 'The tenant.';
comment on column stats.segment_performance_stats.window_days is 'Length of the window in local days: 7, 30, 90 or 365.';
comment on column stats.segment_performance_stats.window_to_day is 'Day after the last local day of the window, in the zone of the workspace.';
comment on column stats.segment_performance_stats.segment_id is 'The segment.';
comment on column stats.segment_performance_stats.leads_sent is 'Event, by send day: recipients (campaign and lead) sent to in the window, in the segment when they were sent to. Denominator of the rates.';
comment on column stats.segment_performance_stats.delivered is 'Of leads_sent, delivered.';
comment on column stats.segment_performance_stats.opened is 'Of leads_sent, opened by a person.';
comment on column stats.segment_performance_stats.machine_opened is 'Of leads_sent, opened by a machine (privacy proxy, scanner); counted apart.';
comment on column stats.segment_performance_stats.clicked is 'Of leads_sent, clicked.';
comment on column stats.segment_performance_stats.replied is 'Of leads_sent, replied: not before it was sent, not by an auto-responder.';
comment on column stats.segment_performance_stats.bounced is 'Of leads_sent, bounced.';
comment on column stats.segment_performance_stats.converted is 'Of leads_sent, leads won after they were sent to.';
comment on column stats.segment_performance_stats.recomputed is 'Of leads_sent, those without a snapshot, matched with the rule afterwards.';
comment on column stats.segment_performance_stats.open_rate is '0-1: opened / leads_sent.';
comment on column stats.segment_performance_stats.open_rate_low is '0-1: lower end of the Wilson 95 % interval of open_rate.';
comment on column stats.segment_performance_stats.open_rate_high is '0-1: upper end of the Wilson 95 % interval of open_rate.';
comment on column stats.segment_performance_stats.click_rate is '0-1: clicked / leads_sent.';
comment on column stats.segment_performance_stats.reply_rate is '0-1: replied / leads_sent.';
comment on column stats.segment_performance_stats.reply_rate_low is '0-1: lower end of the Wilson 95 % interval of reply_rate.';
comment on column stats.segment_performance_stats.reply_rate_high is '0-1: upper end of the Wilson 95 % interval of reply_rate.';
comment on column stats.segment_performance_stats.bounce_rate is '0-1: bounced / leads_sent.';
comment on column stats.segment_performance_stats.conversion_rate is '0-1: converted / leads_sent.';
comment on column stats.segment_performance_stats.reply_seconds is 'Seconds: sum of first_replied_at - sent_at over replied.';
comment on column stats.segment_performance_stats.avg_reply_hours is 'Hours: mean of first_replied_at - sent_at over replied.';
comment on column stats.segment_performance_stats.prior_open_rate is '0-1: open rate of everything the workspace sent in the window, each recipient once.';
comment on column stats.segment_performance_stats.prior_reply_rate is '0-1: reply rate of everything the workspace sent in the window, each recipient once.';
comment on column stats.segment_performance_stats.shrunk_open_rate is '0-1: (opened + 10 x prior) / (leads_sent + 10).';
comment on column stats.segment_performance_stats.shrunk_reply_rate is '0-1: (replied + 10 x prior) / (leads_sent + 10).';
comment on column stats.segment_performance_stats.is_provisional is 'Whether fewer than 20 were sent to: not ranked, listed last.';
comment on column stats.segment_performance_stats.open_rank is 'Rank by shrunk_open_rate among active segments with 20 or more sent; equal ones share it.';
comment on column stats.segment_performance_stats.reply_rank is 'Rank by shrunk_reply_rate among active segments with 20 or more sent; equal ones share it.';
comment on column stats.segment_performance_stats.ranked_segments is 'How many segments are ranked.';
comment on column stats.segment_performance_stats.open_position is 'Place in a list by open_rank, provisional segments last; null when archived or nothing was sent.';
comment on column stats.segment_performance_stats.reply_position is 'Place in a list by reply_rank, provisional segments last; null when archived or nothing was sent.';
comment on column stats.segment_performance_stats.best_hour is 'Local hour (0-23) of sending with the highest shrunk reply rate, of those with 20 or more sent.';
comment on column stats.segment_performance_stats.best_hour_sent is 'Recipients sent to in that hour.';
comment on column stats.segment_performance_stats.best_hour_replied is 'Of those, replied.';
comment on column stats.segment_performance_stats.best_weekday is 'Weekday (1 Monday to 7 Sunday) of sending with the highest shrunk reply rate, of those with 20 or more sent.';
comment on column stats.segment_performance_stats.best_weekday_sent is 'Recipients sent to on that weekday.';
comment on column stats.segment_performance_stats.best_weekday_replied is 'Of those, replied.';
comment on column stats.segment_performance_stats.as_of is 'When the figures were computed.';
