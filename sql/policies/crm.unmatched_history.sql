-- crm.unmatched_history: imports and events append, the match of history takes away.
alter table crm.unmatched_history enable row level security;
alter table crm.unmatched_history force row level security;

create policy read_all on crm.unmatched_history
for select to leadboard_owner, leadboard_rollup using (true);
create policy add_all on crm.unmatched_history
for insert to leadboard_owner with check (true);
create policy remove_all on crm.unmatched_history
for delete to leadboard_owner using (true);

grant select on crm.unmatched_history to leadboard_rollup;
-- No update for anyone: an entry is written once and taken away.
-- Nothing for leadboard_view: nothing shown depends on it.
-- Nothing for leadboard_api, leadboard_bi, leadboard_router and leadboard_ops: they read views and
-- call functions.
