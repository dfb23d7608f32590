-- goals.badges_earned: an admin sees all, a manager those of the branch's members, everyone the
-- own.
alter table goals.badges_earned enable row level security;
alter table goals.badges_earned force row level security;

-- For servers whose leadboard_rollup lacks BYPASSRLS; with it, no policy is asked.
create policy keep_all on goals.badges_earned
for all to leadboard_rollup using (true) with check (true);

-- What the public views may see for the caller.
create policy stay_in_workspace on goals.badges_earned as restrictive
for select to leadboard_view using (
    workspace_id = any((select app.member_workspaces())::uuid[])
);
create policy see_all on goals.badges_earned
for select to leadboard_view using (
    workspace_id = any((select app.admin_workspaces())::uuid[])
);
create policy see_branch on goals.badges_earned
for select to leadboard_view using (
    exists (
        select from crm.members as m
        where
            m.workspace_id = badges_earned.workspace_id
            and m.user_id = badges_earned.user_id
            and m.branch_id = any((select app.managed_branches())::uuid[])
    )
);
create policy see_own on goals.badges_earned
for select to leadboard_view using (
    user_id = (select app.current_user_id())
);

grant select on goals.badges_earned to leadboard_view;
-- No insert, update or delete for leadboard_view: what was reached is found by the refresh alone.
-- Nothing for leadboard_owner: facts never depend on figures.
-- Nothing for leadboard_api, leadboard_bi, leadboard_router and leadboard_ops: they read views and
-- call functions.
