-- crm.workspaces: every member sees the own workspaces, nobody else's.
alter table crm.workspaces enable row level security;
alter table crm.workspaces force row level security;

-- Definer functions of the owner check the caller's right themselves; a refresh reads everything.
create policy read_all on crm.workspaces
for select to leadboard_owner, leadboard_rollup using (true);
create policy add_all on crm.workspaces
for insert to leadboard_owner with check (true);
create policy change_all on crm.workspaces
for update to leadboard_owner using (true) with check (true);

-- What the public views may see for the caller.
create policy see_own on crm.workspaces
for select to leadboard_view using (
    workspace_id = any((select app.member_workspaces())::uuid[])
);

grant select on crm.workspaces to leadboard_rollup, leadboard_view;
-- No delete, not even for leadboard_owner: facts refer to it; a tenant leaves by a DBA's hand.
-- No insert, update or delete for leadboard_view: it shows facts and never changes them.
-- Nothing for leadboard_api, leadboard_bi, leadboard_router and leadboard_ops: they read views and
-- call functions.
