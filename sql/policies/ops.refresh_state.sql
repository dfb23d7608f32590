-- ops.refresh_state: written by the refresh, read by operators and, for as_of, by the views.
-- No row-level security: holds no tenant's data.
grant select on ops.refresh_state to leadboard_ops;
grant select (name, generation, last_success_at, valid_until)
on ops.refresh_state to leadboard_view;
-- No last_error for leadboard_view: a message of the server may quote a value of any tenant.
-- No insert, update or delete for any role but the owner: only a refresh knows how it went.
-- Nothing for leadboard_api, leadboard_bi and leadboard_router: they read views and call
-- functions.
