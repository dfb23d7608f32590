-- ops.workspace_versions: raised by the refresh, read for the ETag of the caller's own workspaces.
alter table ops.workspace_versions enable row level security;
alter table ops.workspace_versions force row level security;

-- For servers whose leadboard_rollup lacks BYPASSRLS; with it, no policy is asked.
create policy keep_all on ops.workspace_versions
for all to leadboard_rollup using (true) with check (true);

-- service.enter reads it for whoever asks, after finding out who that is.
create policy read_all on ops.workspace_versions
for select to leadboard_owner using (true);

create policy stay_in_workspace on ops.workspace_versions
for select to leadboard_view, leadboard_api using (
    workspace_id = any((select app.member_workspaces())::uuid[])
);

grant select on ops.workspace_versions to leadboard_owner, leadboard_view, leadboard_api;
-- No insert, update or delete for any role but the owner: a version that is not raised by the
-- refresh lies.
-- Nothing for leadboard_bi, leadboard_router and leadboard_ops: they send no ETag.
