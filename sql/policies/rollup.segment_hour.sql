-- rollup.segment_hour: figures of all tenants; leadboard_view reads those of the caller's
-- workspaces.
alter table rollup.segment_hour enable row level security;
alter table rollup.segment_hour force row level security;

-- For servers whose leadboard_rollup lacks BYPASSRLS; with it, no policy is asked.
create policy keep_all on rollup.segment_hour
for all to leadboard_rollup using (true) with check (true);

-- The wall between tenants. Who of a workspace sees the figures of all its owners is decided by the
-- functions of leadboard_view.
create policy stay_in_workspace on rollup.segment_hour
for select to leadboard_view using (
    workspace_id = any((select app.member_workspaces())::uuid[])
);

grant select on rollup.segment_hour to leadboard_view;
-- No insert, update or delete for leadboard_view: figures are written by the refresh alone.
-- Nothing for leadboard_owner: facts never depend on figures.
-- Nothing for leadboard_api, leadboard_bi, leadboard_router and leadboard_ops: they read views and
-- call functions.
