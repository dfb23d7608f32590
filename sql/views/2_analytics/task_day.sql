-- Rollup task_day for the callers of the database: an owner or admin sees all of the workspace, a
-- manager the members of the own branch, everyone the own.
-- Grain: one row per (workspace_id, day, subject_id).
-- Reads: rollup.task_day, crm.members.
create view analytics.task_day
with (security_barrier) as
select
    d.workspace_id,
    d.day,
    d.subject_id,
    d.created,
    d.created_completed,
    d.completed,
    d.due,
    d.done_on_time
from rollup.task_day as d
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
alter view analytics.task_day owner to leadboard_view;
grant select on analytics.task_day to leadboard_api, leadboard_bi;

comment on view analytics.task_day is
'One row per member and local day: tasks created, completed and due (event).';
comment on column analytics.task_day.workspace_id is 'The tenant.';
comment on column analytics.task_day.day is 'Local day, in the zone of the leads branch.';
comment on column analytics.task_day.subject_id is 'The member: creator, completer or assignee, as each measure says; the nil UUID for nobody.';
comment on column analytics.task_day.created is 'Tasks the member created that day.';
comment on column analytics.task_day.created_completed is 'Of those created, completed by now.';
comment on column analytics.task_day.completed is 'Tasks the member completed that day.';
comment on column analytics.task_day.due is 'Tasks of the member (assignee) due that day and not cancelled.';
comment on column analytics.task_day.done_on_time is 'Of those due, completed by the time they were due.';
