-- Rollup segment_day for the callers of the database: an owner or admin sees the workspace; a
-- segment is nobody's own.
-- Grain: one row per (workspace_id, day, subject_id, variant).
-- Reads: rollup.segment_day.
create view analytics.segment_day
with (security_barrier) as
select
    d.workspace_id,
    d.day,
    d.subject_id,
    d.variant,
    d.sent,
    d.delivered,
    d.opened,
    d.machine_opened,
    d.clicked,
    d.replied,
    d.bounced,
    d.converted,
    d.reply_seconds
from rollup.segment_day as d
where d.workspace_id = any((select app.admin_workspaces())::uuid[]);
alter view analytics.segment_day owner to leadboard_view;
grant select on analytics.segment_day to leadboard_api, leadboard_bi;

comment on view analytics.segment_day is
'One row per segment, variant and local day it was sent (event by send day): recipients, by the segments they were in when sent to.';
comment on column analytics.segment_day.workspace_id is 'The tenant.';
comment on column analytics.segment_day.day is 'Local day of sent_at, in the zone of the leads branch.';
comment on column analytics.segment_day.subject_id is 'The segment.';
comment on column analytics.segment_day.variant is 'A/B variant; empty where there is none.';
comment on column analytics.segment_day.sent is 'Recipients sent to.';
comment on column analytics.segment_day.delivered is 'Of those, delivered.';
comment on column analytics.segment_day.opened is 'Of those, opened by a person.';
comment on column analytics.segment_day.machine_opened is 'Of those, opened by a machine.';
comment on column analytics.segment_day.clicked is 'Of those, clicked.';
comment on column analytics.segment_day.replied is 'Of those, replied, not before it was sent.';
comment on column analytics.segment_day.bounced is 'Of those, bounced.';
comment on column analytics.segment_day.converted is 'Of those, won after it was sent.';
comment on column analytics.segment_day.reply_seconds is 'Sum of first_replied_at - sent_at over the replied, in seconds.';
