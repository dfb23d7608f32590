-- goals.touched: filled with every change of figures or goals, emptied by the refresh.
alter table goals.touched enable row level security;
alter table goals.touched force row level security;

-- For servers whose leadboard_rollup lacks BYPASSRLS; with it, no policy is asked.
create policy keep_all on goals.touched
for all to leadboard_rollup using (true) with check (true);

create policy add_all on goals.touched
for insert to leadboard_owner with check (true);

grant insert on goals.touched to leadboard_owner;
-- No select, update or delete for leadboard_owner: it adds and forgets.
-- Nothing for leadboard_view, leadboard_api, leadboard_bi, leadboard_router and leadboard_ops: it
-- shows nothing.
