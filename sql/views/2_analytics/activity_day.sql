-- Rollup activity_day for the callers of the database: an owner or admin sees all of the
-- workspace, a manager the rows of the own branch, everyone the own.
-- Grain: one row per (workspace_id, day, subject_id, branch_id, type).
-- Reads: rollup.activity_day.
create view analytics.activity_day
with (security_barrier) as
select
    d.workspace_id,
    d.day,
    d.subject_id,
    d.branch_id,
    d.type,
    d.activities,
    d.duration_seconds
from rollup.activity_day as d
where
    d.workspace_id = any((select app.member_workspaces())::uuid[])
    and (
        d.workspace_id = any((select app.admin_workspaces())::uuid[])
        or d.branch_id = any((select app.managed_branches())::uuid[])
        or d.subject_id = (select app.current_user_id())
    );
alter view analytics.activity_day owner to leadboard_view;
grant select on analytics.activity_day to leadboard_api, leadboard_bi;

comment on view analytics.activity_day is
'One row per branch, actor, type and local day: activities that happened (event).';
comment on column analytics.activity_day.workspace_id is 'The tenant.';
comment on column analytics.activity_day.day is 'Local day they happened, in the zone of the leads branch.';
comment on column analytics.activity_day.subject_id is 'The actor of the activities; the nil UUID for nobody.';
comment on column analytics.activity_day.branch_id is 'Branch of the leads; the nil UUID for none.';
comment on column analytics.activity_day.type is 'Activity type.';
comment on column analytics.activity_day.activities is 'Activities.';
comment on column analytics.activity_day.duration_seconds is 'Sum of their lengths, in seconds.';
