-- crm.goals: an admin sees all, a manager the goals of the branch's members, everyone the own and
-- the team's.
alter table crm.goals enable row level security;
alter table crm.goals force row level security;

-- Definer functions of the owner check the caller's right themselves; a refresh reads everything.
create policy read_all on crm.goals
for select to leadboard_owner, leadboard_rollup using (true);
create policy add_all on crm.goals
for insert to leadboard_owner with check (true);
create policy change_all on crm.goals
for update to leadboard_owner using (true) with check (true);
create policy remove_all on crm.goals
for delete to leadboard_owner using (true);

-- What the public views may see for the caller.
create policy stay_in_workspace on crm.goals as restrictive
for select to leadboard_view using (
    workspace_id = any((select app.member_workspaces())::uuid[])
);
create policy see_all on crm.goals
for select to leadboard_view using (
    workspace_id = any((select app.admin_workspaces())::uuid[])
);
create policy see_branch on crm.goals
for select to leadboard_view using (
    exists (
        select from crm.members as m
        where
            m.workspace_id = goals.workspace_id
            and m.user_id = goals.user_id
            and m.branch_id = any((select app.managed_branches())::uuid[])
    )
);
create policy see_own on crm.goals
for select to leadboard_view using (
    user_id is null
    or user_id = (select app.current_user_id())
);

grant select on crm.goals to leadboard_rollup, leadboard_view;
-- No insert, update or delete for leadboard_view: it shows facts and never changes them.
-- Nothing for leadboard_api, leadboard_bi, leadboard_router and leadboard_ops: they read views and
-- call functions.
