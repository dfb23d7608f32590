-- crm.lead_activities: an admin sees all, a manager the leads of the branch, everyone else what
-- they did and what is in their timeline.
alter table crm.lead_activities enable row level security;
alter table crm.lead_activities force row level security;

-- Definer functions of the owner check the caller's right themselves; a refresh reads everything.
create policy read_all on crm.lead_activities
for select to leadboard_owner, leadboard_rollup using (true);
create policy add_all on crm.lead_activities
for insert to leadboard_owner with check (true);
create policy change_all on crm.lead_activities
for update to leadboard_owner using (true) with check (true);
create policy remove_all on crm.lead_activities
for delete to leadboard_owner using (true);

-- What the public views may see for the caller.
create policy stay_in_workspace on crm.lead_activities as restrictive
for select to leadboard_view using (
    workspace_id = any((select app.member_workspaces())::uuid[])
);
create policy see_all on crm.lead_activities
for select to leadboard_view using (
    workspace_id = any((select app.admin_workspaces())::uuid[])
);
create policy see_branch on crm.lead_activities
for select to leadboard_view using (
    exists (
        select from crm.leads as l
        where
            l.workspace_id = lead_activities.workspace_id
            and l.id = lead_activities.lead_id
            and l.branch_id = any((select app.managed_branches())::uuid[])
    )
);
create policy see_own on crm.lead_activities
for select to leadboard_view using (
    actor_user_id = (select app.current_user_id())
    or timeline_user_id = (select app.current_user_id())
);

grant select on crm.lead_activities to leadboard_rollup, leadboard_view;
-- No insert, update or delete for leadboard_view: it shows facts and never changes them.
-- Nothing for leadboard_api, leadboard_bi, leadboard_router and leadboard_ops: they read views and
-- call functions.
