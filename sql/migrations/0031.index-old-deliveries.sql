-- Old deliveries are found by age, to be removed.
-- depends: 0030.index-branch-statuses

create index deliveries_created_at on reporting.deliveries (workspace_id, created_at);
