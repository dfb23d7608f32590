-- crm.call_logs: an admin sees all calls, a manager those of the branch, everyone else their own.
alter table crm.call_logs enable row level security;
alter table crm.call_logs force row level security;

-- Definer functions of the owner check the caller's right themselves; a refresh reads everything.
create policy read_all on crm.call_logs
for select to leadboard_owner, leadboard_rollup using (true);
create policy add_all on crm.call_logs
for insert to leadboard_owner with check (true);
create policy change_all on crm.call_logs
for update to leadboard_owner using (true) with check (true);
create policy remove_all on crm.call_logs
for delete to leadboard_owner using (true);

-- What the public views may see for the caller.
create policy stay_in_workspace on crm.call_logs as restrictive
for select to leadboard_view using (
    workspace_id = any((select app.member_workspaces())::uuid[])
);
create policy see_all on crm.call_logs
for select to leadboard_view using (
    workspace_id = any((select app.admin_workspaces())::uuid[])
);
create policy see_branch on crm.call_logs
for select to leadboard_view using (
    branch_id = any((select app.managed_branches())::uuid[])
);
create policy see_own on crm.call_logs
for select to leadboard_view using (
    user_id = (select app.current_user_id())
);

grant select on crm.call_logs to leadboard_rollup, leadboard_view;
-- No insert, update or delete for leadboard_view: it shows facts and never changes them.
-- Nothing for leadboard_api, leadboard_bi, leadboard_router and leadboard_ops: they read views and
-- call functions.
