-- routing.settings: settings are versions; read and added by the owner's functions alone.
alter table routing.settings enable row level security;
alter table routing.settings force row level security;

-- Definer functions of the owner check the caller's right themselves.
create policy read_all on routing.settings
for select to leadboard_owner using (true);
create policy add_all on routing.settings
for insert to leadboard_owner with check (true);

-- No update or delete, not even for leadboard_owner: a change is a new version, old decisions stay
-- explicable.
-- Nothing for leadboard_rollup and leadboard_view: no figure depends on it.
-- Nothing for leadboard_api, leadboard_bi, leadboard_router and leadboard_ops: they call functions.
