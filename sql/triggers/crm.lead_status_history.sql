-- Keys. The rows are written by the triggers of crm.leads.
alter table crm.lead_status_history alter column id set default app.uuid_v7();
