-- crm.lead_activities: every statement that changes what a rollup reads logs the cells it touches.
-- Thin, and apart from the triggers that keep facts true, so that loads can do without them and
-- rebuild afterwards.
create trigger _900_log_insert
after insert on crm.lead_activities
referencing new table as changed_rows
for each statement execute function rollup.log_lead_activities();

create trigger _900_log_update
after update on crm.lead_activities
referencing old table as old_rows new table as new_rows
for each statement execute function rollup.log_lead_activities();

create trigger _900_log_delete
after delete on crm.lead_activities
referencing old table as changed_rows
for each statement execute function rollup.log_lead_activities();

create trigger _900_log_truncate
before truncate on crm.lead_activities
for each statement execute function rollup.log_truncate();
