-- crm.members: an admin sees all memberships, a manager those of the branch, everyone the own.
alter table crm.members enable row level security;
alter table crm.members force row level security;

-- Definer functions of the owner check the caller's right themselves; a refresh reads everything.
create policy read_all on crm.members
for select to leadboard_owner, leadboard_rollup using (true);
create policy add_all on crm.members
for insert to leadboard_owner with check (true);
create policy change_all on crm.members
for update to leadboard_owner using (true) with check (true);
create policy remove_all on crm.members
for delete to leadboard_owner using (true);

-- What the public views may see for the caller.
create policy stay_in_workspace on crm.members as restrictive
for select to leadboard_view using (
    workspace_id = any((select app.member_workspaces())::uuid[])
);
create policy see_all on crm.members
for select to leadboard_view using (
    workspace_id = any((select app.admin_workspaces())::uuid[])
);
create policy see_branch on crm.members
for select to leadboard_view using (
    branch_id = any((select app.managed_branches())::uuid[])
);
create policy see_own on crm.members
for select to leadboard_view using (
    user_id = (select app.current_user_id())
);

grant select on crm.members to leadboard_rollup, leadboard_view;
-- No insert, update or delete for leadboard_view: it shows facts and never changes them.
-- Nothing for leadboard_api, leadboard_bi, leadboard_router and leadboard_ops: they read views and
-- call functions.
