-- routing.partner_load: what partners carry is counted by the owner's functions alone.
alter table routing.partner_load enable row level security;
alter table routing.partner_load force row level security;

-- Definer functions of the owner check the caller's right themselves.
create policy read_all on routing.partner_load
for select to leadboard_owner using (true);
create policy add_all on routing.partner_load
for insert to leadboard_owner with check (true);
create policy change_all on routing.partner_load
for update to leadboard_owner using (true) with check (true);
create policy remove_all on routing.partner_load
for delete to leadboard_owner using (true);

-- Nothing for leadboard_rollup and leadboard_view: no figure depends on it.
-- Nothing for leadboard_api, leadboard_bi, leadboard_router and leadboard_ops: they call functions.
