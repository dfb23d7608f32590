-- scoring.curves: the default (nil workspace) is everyone's, a workspace's own curve points its
-- members'.
alter table scoring.curves enable row level security;
alter table scoring.curves force row level security;

create policy read_all on scoring.curves
for select to leadboard_owner, leadboard_rollup using (true);
create policy add_all on scoring.curves
for insert to leadboard_owner with check (true);

create policy see_own on scoring.curves
for select to leadboard_view using (
    workspace_id = '00000000-0000-0000-0000-000000000000'
    or workspace_id = any((select app.member_workspaces())::uuid[])
);

grant select on scoring.curves to leadboard_rollup, leadboard_view;
-- No update or delete, not even for leadboard_owner: a change is a new version, old scores stay
-- explicable.
-- No insert for leadboard_view: it shows scores and never changes how they are made.
-- Nothing for leadboard_api, leadboard_bi, leadboard_router and leadboard_ops: they read views and
-- call functions.
