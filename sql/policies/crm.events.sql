-- crm.events: the ledger of applied events is read and written by the owner's functions alone.
alter table crm.events enable row level security;
alter table crm.events force row level security;

-- Definer functions of the owner check the caller's right themselves.
create policy read_all on crm.events
for select to leadboard_owner using (true);
create policy add_all on crm.events
for insert to leadboard_owner with check (true);
create policy remove_all on crm.events
for delete to leadboard_owner using (true);

-- No update, not even for leadboard_owner: a ledger is appended to, and pruned by age.
-- Nothing for leadboard_rollup and leadboard_view: no figure depends on it.
-- Nothing for leadboard_api, leadboard_bi, leadboard_router and leadboard_ops: they read views and
-- call functions.
