-- crm.custom_metrics: every member of the workspace may rank by them; they hold no person's data.
alter table crm.custom_metrics enable row level security;
alter table crm.custom_metrics force row level security;

-- Definer functions of the owner check the caller's right themselves.
create policy read_all on crm.custom_metrics
for select to leadboard_owner using (true);
create policy add_all on crm.custom_metrics
for insert to leadboard_owner with check (true);
create policy change_all on crm.custom_metrics
for update to leadboard_owner using (true) with check (true);
create policy remove_all on crm.custom_metrics
for delete to leadboard_owner using (true);

-- What leaderboards may use for the caller.
create policy see_own on crm.custom_metrics
for select to leadboard_view using (
    workspace_id = any((select app.member_workspaces())::uuid[])
);

grant select on crm.custom_metrics to leadboard_view;
-- No insert, update or delete for leadboard_view: it shows facts and never changes them.
-- Nothing for leadboard_rollup: no precomputed figure depends on it.
-- Nothing for leadboard_api, leadboard_bi, leadboard_router and leadboard_ops: they read views and
-- call functions.
