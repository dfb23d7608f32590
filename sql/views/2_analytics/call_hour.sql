-- Rollup call_hour for the callers of the database: an owner or admin sees all of the workspace, a
-- manager the rows of the own branch, everyone the own.
-- Grain: one row per (workspace_id, day, subject_id, branch_id, hour, direction, status, outcome).
-- Reads: rollup.call_hour.
create view analytics.call_hour
with (security_barrier) as
select
    d.workspace_id,
    d.day,
    d.subject_id,
    d.branch_id,
    d.hour,
    d.direction,
    d.status,
    d.outcome,
    d.calls,
    d.duration_seconds
from rollup.call_hour as d
where
    d.workspace_id = any((select app.member_workspaces())::uuid[])
    and (
        d.workspace_id = any((select app.admin_workspaces())::uuid[])
        or d.branch_id = any((select app.managed_branches())::uuid[])
        or d.subject_id = (select app.current_user_id())
    );
alter view analytics.call_hour owner to leadboard_view;
grant select on analytics.call_hour to leadboard_api, leadboard_bi;

comment on view analytics.call_hour is
'One row per branch, member, local day and hour, direction, status and outcome: calls (event).';
comment on column analytics.call_hour.workspace_id is 'The tenant.';
comment on column analytics.call_hour.day is 'Local day the call began, in the zone of its branch.';
comment on column analytics.call_hour.subject_id is 'The member who called or answered; the nil UUID for nobody.';
comment on column analytics.call_hour.branch_id is 'Branch of the call; the nil UUID for none.';
comment on column analytics.call_hour.hour is 'Local hour, 0-23.';
comment on column analytics.call_hour.direction is 'inbound or outbound.';
comment on column analytics.call_hour.status is 'completed, missed or failed.';
comment on column analytics.call_hour.outcome is 'Outcome; empty where none is known.';
comment on column analytics.call_hour.calls is 'Calls.';
comment on column analytics.call_hour.duration_seconds is 'Sum of their lengths, in seconds.';
