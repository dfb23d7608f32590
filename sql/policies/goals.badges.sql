-- goals.badges: what can be earned, everywhere (nil UUID) or in one workspace.
alter table goals.badges enable row level security;
alter table goals.badges force row level security;

-- The owner sets them up; a refresh reads everything.
create policy read_all on goals.badges
for select to leadboard_owner, leadboard_rollup using (true);
create policy add_all on goals.badges
for insert to leadboard_owner with check (true);
create policy change_all on goals.badges
for update to leadboard_owner using (true) with check (true);
create policy remove_all on goals.badges
for delete to leadboard_owner using (true);

create policy see_default_or_own on goals.badges
for select to leadboard_view using (
    workspace_id = '00000000-0000-0000-0000-000000000000'
    or workspace_id = any((select app.member_workspaces())::uuid[])
);

grant select on goals.badges to leadboard_rollup, leadboard_view;
-- No insert, update or delete for leadboard_view: it shows and never changes.
-- Nothing for leadboard_api, leadboard_bi, leadboard_router and leadboard_ops: they read views and
-- call functions.
