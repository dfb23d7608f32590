-- crm.segments: names and rules of segments are known to every member: they hold no person's data.
alter table crm.segments enable row level security;
alter table crm.segments force row level security;

-- Definer functions of the owner check the caller's right themselves; a refresh reads everything.
create policy read_all on crm.segments
for select to leadboard_owner, leadboard_rollup using (true);
create policy add_all on crm.segments
for insert to leadboard_owner with check (true);
create policy change_all on crm.segments
for update to leadboard_owner using (true) with check (true);
create policy remove_all on crm.segments
for delete to leadboard_owner using (true);

-- What the public views may see for the caller.
create policy see_own on crm.segments
for select to leadboard_view using (
    workspace_id = any((select app.member_workspaces())::uuid[])
);

grant select on crm.segments to leadboard_rollup, leadboard_view;
-- No insert, update or delete for leadboard_view: it shows facts and never changes them.
-- Nothing for leadboard_api, leadboard_bi, leadboard_router and leadboard_ops: they read views and
-- call functions.
