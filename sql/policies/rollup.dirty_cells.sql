-- rollup.dirty_cells: the writers of facts append, the refresh reads and deletes.
alter table rollup.dirty_cells enable row level security;
alter table rollup.dirty_cells force row level security;

-- For servers whose leadboard_rollup lacks BYPASSRLS; with it, no policy is asked.
create policy keep_all on rollup.dirty_cells
for all to leadboard_rollup using (true) with check (true);
create policy add_all on rollup.dirty_cells
for insert to leadboard_owner with check (true);

grant insert on rollup.dirty_cells to leadboard_owner;
-- No select, update or delete for leadboard_owner: a change that was logged is the refresh's to
-- take away.
-- Nothing for leadboard_view: no figure depends on it.
-- Nothing for leadboard_api, leadboard_bi, leadboard_router and leadboard_ops: how many cells wait
-- is told by the views of schema ops.
