-- routing.partner_credit: credit is kept by the owner's functions alone.
alter table routing.partner_credit enable row level security;
alter table routing.partner_credit force row level security;

-- Definer functions of the owner check the caller's right themselves.
create policy read_all on routing.partner_credit
for select to leadboard_owner using (true);
create policy add_all on routing.partner_credit
for insert to leadboard_owner with check (true);
create policy change_all on routing.partner_credit
for update to leadboard_owner using (true) with check (true);
create policy remove_all on routing.partner_credit
for delete to leadboard_owner using (true);

-- Nothing for leadboard_rollup and leadboard_view: no figure depends on it.
-- Nothing for leadboard_api, leadboard_bi, leadboard_router and leadboard_ops: they call functions.
