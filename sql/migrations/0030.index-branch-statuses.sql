-- How many leads of a branch are in which status is counted in an index; which leads changed since
-- a moment is found in another. Before, a report read the history of every lead of its branch.
-- depends: 0025.count-segments-by-owner

-- One transaction, which knows no concurrent index.
-- squawk-ignore-file require-concurrent-index-creation, require-concurrent-index-deletion

create index leads_branch_status
on crm.leads (workspace_id, branch_id, created_at) include (id, status);
drop index crm.leads_branch_id;
create index lead_status_history_changed_at
on crm.lead_status_history (workspace_id, changed_at) include (lead_id);
