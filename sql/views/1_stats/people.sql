-- Who is who: the names beside ids in the public views.
-- Grain: one row per (workspace, member).
-- Reads: crm.members, crm.users, crm.branches, crm.workspaces.
-- A plain view, so that a new name, an erased person or a deactivated member shows at once and not
-- with the next refresh. Owned by leadboard_rollup, whom policies do not filter: the public views
-- filter by caller themselves, once. A person without a name, or erased, goes by the opaque id.
-- Every member has a workspace; joined to the left, so that who does not ask for the zone need not
-- look it up.
create view stats.people as
select
    m.workspace_id,
    m.user_id,
    coalesce(u.name, m.user_id::text) as name,
    u.email,
    m.role,
    m.branch_id,
    b.name as branch_name,
    coalesce(b.timezone, w.timezone) as timezone,
    m.joined_at,
    m.deactivated_at,
    m.deactivated_at is null as is_active
from crm.members as m
inner join crm.users as u on u.id = m.user_id
left join crm.workspaces as w on w.workspace_id = m.workspace_id
left join crm.branches as b on b.workspace_id = m.workspace_id and b.id = m.branch_id;
alter view stats.people owner to leadboard_rollup;
grant select on stats.people to leadboard_view;

comment on view stats.people is 'One row per member of a workspace: name, role and branch. Private; the public views filter it by caller.';
comment on column stats.people.workspace_id is 'The tenant.';
comment on column stats.people.user_id is 'The person.';
comment on column stats.people.name is 'Name shown to people; the id where there is none or the person was erased.';
comment on column stats.people.email is 'E-mail address; null when unknown or erased.';
comment on column stats.people.role is 'owner, admin, manager, agent or partner.';
comment on column stats.people.branch_id is 'The member''s branch.';
comment on column stats.people.branch_name is 'Name of that branch.';
comment on column stats.people.timezone is 'IANA time zone that dates the person''s today: the branch''s, else the workspace''s.';
comment on column stats.people.joined_at is 'When the person joined the workspace.';
comment on column stats.people.deactivated_at is 'When the person left.';
comment on column stats.people.is_active is 'Whether the person is an active member.';
