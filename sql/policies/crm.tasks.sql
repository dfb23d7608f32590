-- crm.tasks: an admin sees all, a manager the leads of the branch, everyone else the tasks they
-- set, have or completed.
alter table crm.tasks enable row level security;
alter table crm.tasks force row level security;

-- Definer functions of the owner check the caller's right themselves; a refresh reads everything.
create policy read_all on crm.tasks
for select to leadboard_owner, leadboard_rollup using (true);
create policy add_all on crm.tasks
for insert to leadboard_owner with check (true);
create policy change_all on crm.tasks
for update to leadboard_owner using (true) with check (true);
create policy remove_all on crm.tasks
for delete to leadboard_owner using (true);

-- What the public views may see for the caller.
create policy stay_in_workspace on crm.tasks as restrictive
for select to leadboard_view using (
    workspace_id = any((select app.member_workspaces())::uuid[])
);
create policy see_all on crm.tasks
for select to leadboard_view using (
    workspace_id = any((select app.admin_workspaces())::uuid[])
);
create policy see_branch on crm.tasks
for select to leadboard_view using (
    exists (
        select from crm.leads as l
        where
            l.workspace_id = tasks.workspace_id
            and l.id = tasks.lead_id
            and l.branch_id = any((select app.managed_branches())::uuid[])
    )
);
create policy see_own on crm.tasks
for select to leadboard_view using (
    created_by_user_id = (select app.current_user_id())
    or assigned_to_user_id = (select app.current_user_id())
    or completed_by_user_id = (select app.current_user_id())
);

grant select on crm.tasks to leadboard_rollup, leadboard_view;
-- No insert, update or delete for leadboard_view: it shows facts and never changes them.
-- Nothing for leadboard_api, leadboard_bi, leadboard_router and leadboard_ops: they read views and
-- call functions.
