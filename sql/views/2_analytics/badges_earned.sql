-- Badges that members have earned.
-- Grain: one row per (workspace, member, badge, period).
-- Reads: goals.badges_earned and goals.badges. An admin sees all, a manager those of the branch's
-- members, everyone else the own (policies).
create view analytics.badges_earned
with (security_barrier) as
select
    e.workspace_id,
    e.user_id,
    e.badge,
    b.title,
    b.description,
    e.period_start,
    e.earned_on,
    e.reached_value,
    b.measure,
    e.earned_at
from goals.badges_earned as e
left join lateral (
    select
        x.title,
        x.description,
        x.measure
    from goals.badges as x
    where
        x.badge = e.badge
        and x.workspace_id in (e.workspace_id, '00000000-0000-0000-0000-000000000000')
    -- The workspace's own version counts before the default's.
    order by (x.workspace_id <> e.workspace_id)
    limit 1
) as b on true
where e.workspace_id = any((select app.member_workspaces())::uuid[]);
alter view analytics.badges_earned owner to leadboard_view;
grant select on analytics.badges_earned to leadboard_api, leadboard_bi;

comment on view analytics.badges_earned is 'One row per badge a member earned, with the day.';
comment on column analytics.badges_earned.workspace_id is 'The tenant.';
comment on column analytics.badges_earned.user_id is 'The member.';
comment on column analytics.badges_earned.badge is 'The badge.';
comment on column analytics.badges_earned.title is 'Title shown to people; null when the badge is no longer defined.';
comment on column analytics.badges_earned.description is 'What it is earned for.';
comment on column analytics.badges_earned.period_start is 'The month, or first day of the streak, it was earned in; null for what is earned once.';
comment on column analytics.badges_earned.earned_on is 'Local day on which it was earned.';
comment on column analytics.badges_earned.reached_value is 'The value that earned it, in the unit of measure.';
comment on column analytics.badges_earned.measure is 'wins, revenue, tasks_completed, response_time (hours) or conversion_rate (rise, 0-1).';
comment on column analytics.badges_earned.earned_at is 'When the refresh recorded it.';
