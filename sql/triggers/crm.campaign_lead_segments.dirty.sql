-- crm.campaign_lead_segments: every statement that changes what a rollup reads logs the cells it
-- touches. Thin, and apart from the triggers that keep facts true, so that loads can do without
-- them and rebuild afterwards.
create trigger _900_log_insert
after insert on crm.campaign_lead_segments
referencing new table as changed_rows
for each statement execute function rollup.log_campaign_lead_segments();

create trigger _900_log_update
after update on crm.campaign_lead_segments
referencing old table as old_rows new table as new_rows
for each statement execute function rollup.log_campaign_lead_segments();

create trigger _900_log_delete
after delete on crm.campaign_lead_segments
referencing old table as changed_rows
for each statement execute function rollup.log_campaign_lead_segments();

create trigger _900_log_truncate
before truncate on crm.campaign_lead_segments
for each statement execute function rollup.log_truncate();
