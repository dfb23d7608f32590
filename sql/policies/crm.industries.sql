-- crm.industries: a reference list without a tenant: everyone reads it.
alter table crm.industries enable row level security;
alter table crm.industries force row level security;

-- Definer functions of the owner check the caller's right themselves; a refresh reads everything.
create policy read_all on crm.industries
for select to leadboard_owner, leadboard_rollup using (true);
create policy add_all on crm.industries
for insert to leadboard_owner with check (true);
create policy change_all on crm.industries
for update to leadboard_owner using (true) with check (true);

-- What the public views may see for the caller.
create policy see_all on crm.industries
for select to leadboard_view using (
    true
);

grant select on crm.industries to leadboard_rollup, leadboard_view;
-- No delete, not even for leadboard_owner: leads of any tenant may refer to it.
-- No insert, update or delete for leadboard_view: it shows facts and never changes them.
-- Nothing for leadboard_api, leadboard_bi, leadboard_router and leadboard_ops: they read views and
-- call functions.
