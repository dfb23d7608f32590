-- Rollup worked_day for the callers of the database: an owner or admin sees all of the workspace, a
-- manager the members of the own branch, everyone the own.
-- Grain: one row per (workspace_id, day, subject_id, previous_day).
-- Reads: rollup.worked_day, crm.members.
-- previous_day is null where the member had not worked the lead before: clients cannot read
-- -infinity.
create view analytics.worked_day
with (security_barrier) as
select
    d.workspace_id,
    d.day,
    d.subject_id,
    nullif(d.previous_day, '-infinity') as previous_day,
    d.leads,
    d.works
from rollup.worked_day as d
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
alter view analytics.worked_day owner to leadboard_view;
grant select on analytics.worked_day to leadboard_api, leadboard_bi;

comment on view analytics.worked_day is
'One row per actor, local day and the previous day the same actor worked the same lead. Distinct leads worked in [a, b) = sum(leads) where day in [a, b) and (previous_day is null or previous_day < a).';
comment on column analytics.worked_day.workspace_id is 'The tenant.';
comment on column analytics.worked_day.day is 'Local day of the work, in the zone of the leads branch.';
comment on column analytics.worked_day.subject_id is 'The member who worked the leads: created a task or a note, or logged a contact activity; the nil UUID for nobody.';
comment on column analytics.worked_day.previous_day is 'The day before on which the actor worked the lead; null when there is none.';
comment on column analytics.worked_day.leads is 'Distinct leads worked.';
comment on column analytics.worked_day.works is 'Pieces of that work: tasks and notes created, contact activities logged.';
