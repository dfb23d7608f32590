-- routing.load_changes: changes of load are appended by triggers and folded by the owner's
-- functions.
alter table routing.load_changes enable row level security;
alter table routing.load_changes force row level security;

-- Definer functions of the owner check the caller's right themselves.
create policy read_all on routing.load_changes
for select to leadboard_owner using (true);
create policy add_all on routing.load_changes
for insert to leadboard_owner with check (true);
create policy remove_all on routing.load_changes
for delete to leadboard_owner using (true);

-- No update, not even for leadboard_owner: a change is appended, and goes when it is folded.
-- Nothing for leadboard_rollup and leadboard_view: no figure depends on it.
-- Nothing for leadboard_api, leadboard_bi, leadboard_router and leadboard_ops: they call functions.
