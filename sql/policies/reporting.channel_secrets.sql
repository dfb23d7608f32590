-- reporting.channel_secrets: secrets leave by reporting.claim_deliveries alone, to the worker.
alter table reporting.channel_secrets enable row level security;
alter table reporting.channel_secrets force row level security;

-- Definer functions of the owner check the caller's right themselves.
create policy read_all on reporting.channel_secrets
for select to leadboard_owner using (true);
create policy add_all on reporting.channel_secrets
for insert to leadboard_owner with check (true);
create policy change_all on reporting.channel_secrets
for update to leadboard_owner using (true) with check (true);
create policy remove_all on reporting.channel_secrets
for delete to leadboard_owner using (true);

-- Nothing for leadboard_rollup and leadboard_view: no figure depends on it.
-- Nothing for leadboard_api, leadboard_bi, leadboard_router and leadboard_ops: they call functions.
