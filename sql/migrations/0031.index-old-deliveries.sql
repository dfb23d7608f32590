-- Old deliveries are found by age, to be removed.
-- depends: 0030.index-branch-statuses

-- One transaction, which knows no concurrent index.
-- squawk-ignore require-concurrent-index-creation
create index deliveries_created_at on reporting.deliveries (workspace_id, created_at);
