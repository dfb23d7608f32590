-- crm.leads: an admin sees all leads, a manager those of the branch, everyone else those they own
-- or are credited with.
alter table crm.leads enable row level security;
alter table crm.leads force row level security;

-- Definer functions of the owner check the caller's right themselves; a refresh reads everything.
create policy read_all on crm.leads
for select to leadboard_owner, leadboard_rollup using (true);
create policy add_all on crm.leads
for insert to leadboard_owner with check (true);
create policy change_all on crm.leads
for update to leadboard_owner using (true) with check (true);
create policy remove_all on crm.leads
for delete to leadboard_owner using (true);

-- What the public views may see for the caller.
create policy stay_in_workspace on crm.leads as restrictive
for select to leadboard_view using (
    workspace_id = any((select app.member_workspaces())::uuid[])
);
create policy see_all on crm.leads
for select to leadboard_view using (
    workspace_id = any((select app.admin_workspaces())::uuid[])
);
create policy see_branch on crm.leads
for select to leadboard_view using (
    branch_id = any((select app.managed_branches())::uuid[])
);
create policy see_own on crm.leads
for select to leadboard_view using (
    credited_user_id = (select app.current_user_id())
    or owner_user_id = (select app.current_user_id())
);

grant select on crm.leads to leadboard_rollup, leadboard_view;
-- No insert, update or delete for leadboard_view: it shows facts and never changes them.
-- Nothing for leadboard_api, leadboard_bi, leadboard_router and leadboard_ops: they read views and
-- call functions.
