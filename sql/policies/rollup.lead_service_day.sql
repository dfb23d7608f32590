-- rollup.lead_service_day: figures of all tenants; leadboard_view reads those of the caller's
-- workspaces.
alter table rollup.lead_service_day enable row level security;
alter table rollup.lead_service_day force row level security;

-- For servers whose leadboard_rollup lacks BYPASSRLS; with it, no policy is asked.
create policy keep_all on rollup.lead_service_day
for all to leadboard_rollup using (true) with check (true);

-- The wall between tenants. Which rows inside the workspace are the caller's is decided by the
-- views and functions of leadboard_view: a rank needs the figures of the others to be counted, not
-- shown.
create policy stay_in_workspace on rollup.lead_service_day
for select to leadboard_view using (
    workspace_id = any((select app.member_workspaces())::uuid[])
);

grant select on rollup.lead_service_day to leadboard_view;
-- No insert, update or delete for leadboard_view: figures are written by the refresh alone.
-- Nothing for leadboard_owner: facts never depend on figures.
-- Nothing for leadboard_api, leadboard_bi, leadboard_router and leadboard_ops: they read views and
-- call functions.
