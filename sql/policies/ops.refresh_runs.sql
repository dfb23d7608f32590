-- ops.refresh_runs: written by the refresh, read by operators, and through ops.refresh_report by
-- owners and admins of a workspace.
-- No row-level security: holds no tenant's data.
grant select on ops.refresh_runs to leadboard_ops;
-- No insert, update or delete for any role but the owner: only a refresh knows how it went.
-- Nothing for leadboard_api, leadboard_bi, leadboard_router and leadboard_view: they call
-- functions.
