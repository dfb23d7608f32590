-- reporting.subscription_recipients: recipients are read and written by the owner's functions
-- alone.
alter table reporting.subscription_recipients enable row level security;
alter table reporting.subscription_recipients force row level security;

-- Definer functions of the owner check the caller's right themselves.
create policy read_all on reporting.subscription_recipients
for select to leadboard_owner using (true);
create policy add_all on reporting.subscription_recipients
for insert to leadboard_owner with check (true);
create policy change_all on reporting.subscription_recipients
for update to leadboard_owner using (true) with check (true);
create policy remove_all on reporting.subscription_recipients
for delete to leadboard_owner using (true);

-- Nothing for leadboard_rollup and leadboard_view: no figure depends on it.
-- Nothing for leadboard_api, leadboard_bi, leadboard_router and leadboard_ops: they call functions.
