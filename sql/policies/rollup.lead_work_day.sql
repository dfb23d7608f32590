-- rollup.lead_work_day: work of all tenants, for the definition of rollup.worked_day alone.
alter table rollup.lead_work_day enable row level security;
alter table rollup.lead_work_day force row level security;

-- For servers whose leadboard_rollup lacks BYPASSRLS; with it, no policy is asked.
create policy keep_all on rollup.lead_work_day
for all to leadboard_rollup using (true) with check (true);

-- Nothing for leadboard_view: it shows what rollup.worked_day sums of this.
-- Nothing for leadboard_owner: facts never depend on figures.
-- Nothing for leadboard_api, leadboard_bi, leadboard_router and leadboard_ops: they read views and
-- call functions.
