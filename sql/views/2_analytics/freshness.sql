-- How old the figures are. A refresh brings rollups and materialized views of all workspaces up to
-- date; the version moves only when a figure of this workspace may have changed.
-- Grain: one row per workspace of the caller.
-- Reads: crm.workspaces, ops.refresh_state, ops.workspace_versions.
-- as_of is the OLDEST last success: nothing shown is older. NULL before the first refresh.
create view analytics.freshness
with (security_barrier) as
with refreshed as (
    select
        max(s.generation) as generation,
        min(s.last_success_at) as as_of,
        min(s.valid_until) as valid_until
    from ops.refresh_state as s
)

select
    w.workspace_id,
    r.as_of,
    r.generation,
    r.valid_until,
    coalesce(v.version, 0) as version
from crm.workspaces as w
cross join refreshed as r
left join ops.workspace_versions as v on v.workspace_id = w.workspace_id
where w.workspace_id = any((select app.member_workspaces())::uuid[]);
alter view analytics.freshness owner to leadboard_view;
grant select on analytics.freshness to leadboard_api, leadboard_bi;

comment on view analytics.freshness is 'One row per workspace of the caller: how old its figures are.';
comment on column analytics.freshness.workspace_id is 'The tenant.';
comment on column analytics.freshness.as_of is 'When the oldest of the refreshed objects was last refreshed; null before the first refresh.';
comment on column analytics.freshness.generation is 'Number of the latest refresh that may have changed figures of any workspace.';
comment on column analytics.freshness.valid_until is 'Next local midnight, which moves the windows even without a change.';
comment on column analytics.freshness.version is 'Number that moves whenever a figure of this workspace may have changed; 0 before the first.';
