-- crm.users: a person is seen by whoever may see one of the person's memberships.
alter table crm.users enable row level security;
alter table crm.users force row level security;

-- Definer functions of the owner check the caller's right themselves; a refresh reads everything.
create policy read_all on crm.users
for select to leadboard_owner, leadboard_rollup using (true);
create policy add_all on crm.users
for insert to leadboard_owner with check (true);
create policy change_all on crm.users
for update to leadboard_owner using (true) with check (true);

-- What the public views may see for the caller.
create policy see_members on crm.users
for select to leadboard_view using (
    -- Bound by the policies of crm.members for the same caller.
    exists (
        select from crm.members as m
        where m.user_id = users.id
    )
);

grant select on crm.users to leadboard_rollup, leadboard_view;
-- No delete, not even for leadboard_owner: a person is erased (erased_at), so that totals stay.
-- No insert, update or delete for leadboard_view: it shows facts and never changes them.
-- Nothing for leadboard_api, leadboard_bi, leadboard_router and leadboard_ops: they read views and
-- call functions.
