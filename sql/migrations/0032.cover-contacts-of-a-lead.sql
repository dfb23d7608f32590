-- How often a lead was contacted, and who worked it when, is read in the index: a refresh of old
-- leads fetched a page of the table for each activity.
-- depends: 0031.index-old-deliveries

-- One transaction, which knows no concurrent index.
-- squawk-ignore-file require-concurrent-index-creation, require-concurrent-index-deletion

drop index crm.lead_activities_lead_id;
create index lead_activities_lead_id
on crm.lead_activities (workspace_id, lead_id, occurred_at) include (actor_user_id, type);
