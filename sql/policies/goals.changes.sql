-- goals.changes: the history of targets; written by the trigger of crm.goals alone.
alter table goals.changes enable row level security;
alter table goals.changes force row level security;

create policy read_all on goals.changes
for select to leadboard_owner using (true);
create policy add_all on goals.changes
for insert to leadboard_owner with check (true);

-- No update or delete, not even for leadboard_owner: it is history.
-- Nothing for leadboard_rollup and leadboard_view: no figure depends on it.
-- Nothing for leadboard_api, leadboard_bi, leadboard_router and leadboard_ops: nothing shows it.
