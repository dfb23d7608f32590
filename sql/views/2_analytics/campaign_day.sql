-- Rollup campaign_day for the callers of the database: an owner or admin sees all of the
-- workspace, a manager the members of the own branch, everyone the own.
-- Grain: one row per (workspace_id, day, subject_id, campaign_id, variant).
-- Reads: rollup.campaign_day, crm.members.
create view analytics.campaign_day
with (security_barrier) as
select
    d.workspace_id,
    d.day,
    d.subject_id,
    d.campaign_id,
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
from rollup.campaign_day as d
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
alter view analytics.campaign_day owner to leadboard_view;
grant select on analytics.campaign_day to leadboard_api, leadboard_bi;

comment on view analytics.campaign_day is
'One row per campaign, variant, owner at send and local day it was sent (event by send day): recipients, not messages.';
comment on column analytics.campaign_day.workspace_id is 'The tenant.';
comment on column analytics.campaign_day.day is 'Local day of sent_at, in the zone of the leads branch.';
comment on column analytics.campaign_day.subject_id is 'The credited owner when it was sent; the nil UUID for nobody.';
comment on column analytics.campaign_day.campaign_id is 'The campaign.';
comment on column analytics.campaign_day.variant is 'A/B variant; empty where there is none.';
comment on column analytics.campaign_day.sent is 'Recipients sent to.';
comment on column analytics.campaign_day.delivered is 'Of those, delivered.';
comment on column analytics.campaign_day.opened is 'Of those, opened by a person.';
comment on column analytics.campaign_day.machine_opened is 'Of those, opened by a machine.';
comment on column analytics.campaign_day.clicked is 'Of those, clicked.';
comment on column analytics.campaign_day.replied is 'Of those, replied, not before it was sent.';
comment on column analytics.campaign_day.bounced is 'Of those, bounced.';
comment on column analytics.campaign_day.converted is 'Of those, won after it was sent.';
comment on column analytics.campaign_day.reply_seconds is 'Sum of first_replied_at - sent_at over the replied, in seconds.';
