-- rollup.member_week: figures of all tenants, for the functions of schema metrics alone.
alter table rollup.member_week enable row level security;
alter table rollup.member_week force row level security;

-- For servers whose leadboard_rollup lacks BYPASSRLS; with it, no policy is asked.
create policy keep_all on rollup.member_week
for all to leadboard_rollup using (true) with check (true);

-- Nothing for leadboard_view: it shows the same figures from the rollups that are summed here.
-- Nothing for leadboard_owner: facts never depend on figures.
-- Nothing for leadboard_api, leadboard_bi, leadboard_router and leadboard_ops: they read views and
-- call functions.
