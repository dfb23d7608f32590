-- ops.deployments: written by the deploying login, read by operators.
-- No row-level security: holds no tenant's data.
grant select on ops.deployments to leadboard_ops;
-- No insert, update or delete for any role but the owner: the history of deployments is not
-- edited.
-- Nothing for leadboard_api, leadboard_bi, leadboard_router and leadboard_view: not their
-- business.
