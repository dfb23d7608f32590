-- crm.segment_versions: former rules of segments are known to every member, like the present ones.
alter table crm.segment_versions enable row level security;
alter table crm.segment_versions force row level security;

-- Definer functions of the owner check the caller's right themselves; a refresh reads everything.
create policy read_all on crm.segment_versions
for select to leadboard_owner, leadboard_rollup using (true);
create policy add_all on crm.segment_versions
for insert to leadboard_owner with check (true);
create policy remove_all on crm.segment_versions
for delete to leadboard_owner using (true);

-- What the public views may see for the caller.
create policy see_own on crm.segment_versions
for select to leadboard_view using (
    workspace_id = any((select app.member_workspaces())::uuid[])
);

grant select on crm.segment_versions to leadboard_rollup, leadboard_view;
-- No insert, update or delete for leadboard_view: it shows facts and never changes them.
-- Nothing for leadboard_api, leadboard_bi, leadboard_router and leadboard_ops: they read views and
-- call functions.
