-- Names for the ids of the other views: an owner or admin sees the whole workspace, a manager the
-- members of the own branch, everyone the own row. Deactivated members stay, because figures of the
-- past name them.
-- Grain: one row per (workspace, member).
-- Reads: stats.people.
create view analytics.members
with (security_barrier) as
select
    p.workspace_id,
    p.user_id,
    p.name,
    p.email,
    p.role,
    p.branch_id,
    p.branch_name,
    p.timezone,
    p.joined_at,
    p.deactivated_at,
    p.is_active
from stats.people as p
where
    p.workspace_id = any((select app.member_workspaces())::uuid[])
    and (
        p.workspace_id = any((select app.admin_workspaces())::uuid[])
        or p.branch_id = any((select app.managed_branches())::uuid[])
        or p.user_id = (select app.current_user_id())
    );
alter view analytics.members owner to leadboard_view;
grant select on analytics.members to leadboard_api, leadboard_bi;

comment on view analytics.members is 'One row per member of a workspace the caller may see: name, role and branch.';
comment on column analytics.members.workspace_id is 'The tenant.';
comment on column analytics.members.user_id is 'The person.';
comment on column analytics.members.name is 'Name shown to people; the id where there is none or the person was erased.';
comment on column analytics.members.email is 'E-mail address; null when unknown or erased.';
comment on column analytics.members.role is 'owner, admin, manager, agent or partner.';
comment on column analytics.members.branch_id is 'The member''s branch.';
comment on column analytics.members.branch_name is 'Name of that branch.';
comment on column analytics.members.timezone is 'IANA time zone that dates the person''s today: the branch''s, else the workspace''s.';
comment on column analytics.members.joined_at is 'When the person joined the workspace.';
comment on column analytics.members.deactivated_at is 'When the person left.';
comment on column analytics.members.is_active is 'Whether the person is an active member.';
