-- routing.lead_assignment_logs: decisions are made, read and explained by the owner's functions
-- alone.
alter table routing.lead_assignment_logs enable row level security;
alter table routing.lead_assignment_logs force row level security;

-- Definer functions of the owner check the caller's right themselves.
create policy read_all on routing.lead_assignment_logs
for select to leadboard_owner using (true);
create policy add_all on routing.lead_assignment_logs
for insert to leadboard_owner with check (true);
create policy change_all on routing.lead_assignment_logs
for update to leadboard_owner using (true) with check (true);
create policy remove_all on routing.lead_assignment_logs
for delete to leadboard_owner using (true);

-- Nothing for leadboard_rollup and leadboard_view: no figure depends on it.
-- Nothing for leadboard_api, leadboard_bi, leadboard_router and leadboard_ops: they call functions.
