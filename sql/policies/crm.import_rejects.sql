-- crm.import_rejects: rejected rows hold unchecked personal data: the owner's functions alone show
-- them.
alter table crm.import_rejects enable row level security;
alter table crm.import_rejects force row level security;

-- Definer functions of the owner check the caller's right themselves.
create policy read_all on crm.import_rejects
for select to leadboard_owner using (true);
create policy add_all on crm.import_rejects
for insert to leadboard_owner with check (true);
create policy change_all on crm.import_rejects
for update to leadboard_owner using (true) with check (true);
create policy remove_all on crm.import_rejects
for delete to leadboard_owner using (true);

-- Nothing for leadboard_rollup and leadboard_view: no figure depends on it.
-- Nothing for leadboard_api, leadboard_bi, leadboard_router and leadboard_ops: they read views and
-- call functions.
