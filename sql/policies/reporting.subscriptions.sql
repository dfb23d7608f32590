-- reporting.subscriptions: subscriptions are read and written by the owner's functions alone.
alter table reporting.subscriptions enable row level security;
alter table reporting.subscriptions force row level security;

-- Definer functions of the owner check the caller's right themselves.
create policy read_all on reporting.subscriptions
for select to leadboard_owner using (true);
create policy add_all on reporting.subscriptions
for insert to leadboard_owner with check (true);
create policy change_all on reporting.subscriptions
for update to leadboard_owner using (true) with check (true);
create policy remove_all on reporting.subscriptions
for delete to leadboard_owner using (true);

-- Nothing for leadboard_rollup and leadboard_view: no figure depends on it.
-- Nothing for leadboard_api, leadboard_bi, leadboard_router and leadboard_ops: they call functions.
