-- app.principals: who a database login is. Read by the identity functions of leadboard_owner
-- alone; rows are written by a DBA (ops.create_bi_login), who is a member of leadboard_owner or a
-- superuser.
alter table app.principals enable row level security;
alter table app.principals force row level security;

create policy read_all on app.principals
for select to leadboard_owner using (true);
create policy add_all on app.principals
for insert to leadboard_owner with check (true);
create policy change_all on app.principals
for update to leadboard_owner using (true) with check (true);
create policy remove_all on app.principals
for delete to leadboard_owner using (true);

-- Nothing for any other role: whoever could write here could become anybody.
