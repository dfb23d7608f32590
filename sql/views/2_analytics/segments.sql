-- The segments of the caller's workspaces with their rules: known to every member, like the names
-- of campaigns. They hold no person's data.
-- Grain: one row per (workspace, segment), archived ones too.
-- Reads: crm.segments.
create view analytics.segments
with (security_barrier) as
select
    s.workspace_id,
    s.id as segment_id,
    s.name as segment_name,
    s.filter,
    s.version,
    s.archived_at,
    s.created_by_user_id,
    s.created_at
from crm.segments as s
where s.workspace_id = any((select app.member_workspaces())::uuid[]);
alter view analytics.segments owner to leadboard_view;
grant select on analytics.segments to leadboard_api, leadboard_bi;

comment on view analytics.segments is 'One row per segment of the caller''s workspaces, with its rule.';
comment on column analytics.segments.workspace_id is 'The tenant.';
comment on column analytics.segments.segment_id is 'The segment.';
comment on column analytics.segments.segment_name is 'Name, unique in the workspace.';
comment on column analytics.segments.filter is 'The rule: optional keys, ANDed; values of a list ORed.';
comment on column analytics.segments.version is 'Version of the rule.';
comment on column analytics.segments.archived_at is 'When it was put away; null for an active one.';
comment on column analytics.segments.created_by_user_id is 'Who made it.';
comment on column analytics.segments.created_at is 'When it was made.';
