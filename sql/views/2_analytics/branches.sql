-- The branches of the caller's workspaces; every member sees all of them by name.
-- Grain: one row per (workspace, branch).
-- Reads: crm.branches, crm.workspaces.
create view analytics.branches
with (security_barrier) as
select
    b.workspace_id,
    b.id as branch_id,
    b.name,
    coalesce(b.timezone, w.timezone) as timezone
from crm.branches as b
inner join crm.workspaces as w on w.workspace_id = b.workspace_id
where b.workspace_id = any((select app.member_workspaces())::uuid[]);
alter view analytics.branches owner to leadboard_view;
grant select on analytics.branches to leadboard_api, leadboard_bi;

comment on view analytics.branches is 'One row per branch of the caller''s workspaces.';
comment on column analytics.branches.workspace_id is 'The tenant.';
comment on column analytics.branches.branch_id is 'The branch.';
comment on column analytics.branches.name is 'Name, unique in the workspace.';
comment on column analytics.branches.timezone is 'IANA time zone that dates the branch''s facts: its own, else the workspace''s.';
