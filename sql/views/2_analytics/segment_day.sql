-- Rollup segment_day for the callers of the database: an owner or admin sees all of the workspace,
-- a manager the recipients of members of the own branch, everyone the own.
-- Grain: one row per (workspace_id, day, subject_id, segment_id, segment_version, campaign_id,
-- variant, hour).
-- Reads: rollup.segment_day, crm.members.
create view analytics.segment_day
with (security_barrier) as
select
    d.workspace_id,
    d.day,
    d.segment_id,
    d.variant,
    d.sent,
    d.delivered,
    d.opened,
    d.machine_opened,
    d.clicked,
    d.replied,
    d.bounced,
    d.converted,
    d.reply_seconds,
    d.segment_version,
    d.campaign_id,
    d.subject_id,
    d.hour,
    d.recomputed
from rollup.segment_day as d
where
    d.workspace_id = any((select app.member_workspaces())::uuid[])
    and (
        d.workspace_id = any((select app.admin_workspaces())::uuid[])
        or d.subject_id = (select app.current_user_id())
        or (d.workspace_id, d.subject_id) in (
            select
                m.workspace_id,
                m.user_id
            from crm.members as m
            where m.branch_id = any((select app.managed_branches())::uuid[])
        )
    );
alter view analytics.segment_day owner to leadboard_view;
grant select on analytics.segment_day to leadboard_api, leadboard_bi;

comment on view analytics.segment_day is
'One row per segment, version of its rule, campaign, variant, owner at send, local day and hour of sending (event by send day): recipients, by the segments they were in when sent to. A recipient in two segments counts in both.';
comment on column analytics.segment_day.workspace_id is 'The tenant.';
comment on column analytics.segment_day.day is 'Local day of sent_at, in the zone of the leads branch.';
comment on column analytics.segment_day.segment_id is 'The segment.';
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
comment on column analytics.segment_day.segment_version is 'Version of the segment''s rule that matched.';
comment on column analytics.segment_day.campaign_id is 'The campaign.';
comment on column analytics.segment_day.subject_id is 'The credited owner when it was sent; the nil UUID for nobody.';
comment on column analytics.segment_day.hour is 'Local hour of sent_at, 0-23, in the zone of the leads branch.';
comment on column analytics.segment_day.recomputed is 'Of the recipients, those without a snapshot, matched with the rule afterwards.';
