-- Rollup service_day for the callers of the database: an owner or admin sees all of the workspace,
-- a manager the members of the own branch, everyone the own.
-- Grain: one row per (workspace_id, day, subject_id).
-- Reads: rollup.service_day, crm.members.
create view analytics.service_day
with (security_barrier) as
select
    d.workspace_id,
    d.day,
    d.subject_id,
    d.ratings,
    d.rating_sum,
    d.tickets,
    d.complaints,
    d.upheld_complaints
from rollup.service_day as d
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
alter view analytics.service_day owner to leadboard_view;
grant select on analytics.service_day to leadboard_api, leadboard_bi;

comment on view analytics.service_day is
'One row per member and local day: ratings given to and tickets opened about the member (event).';
comment on column analytics.service_day.workspace_id is 'The tenant.';
comment on column analytics.service_day.day is 'Local day, in the zone of the leads branch.';
comment on column analytics.service_day.subject_id is 'The rated or addressed member; the nil UUID for nobody.';
comment on column analytics.service_day.ratings is 'Ratings given.';
comment on column analytics.service_day.rating_sum is 'Sum of the ratings, 1-5 each.';
comment on column analytics.service_day.tickets is 'Tickets opened.';
comment on column analytics.service_day.complaints is 'Of those, complaints.';
comment on column analytics.service_day.upheld_complaints is 'Of those, found right.';
