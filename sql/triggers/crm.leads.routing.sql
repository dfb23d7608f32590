-- crm.leads: what partners carry, open offers and waiting leads follow every change. After the
-- triggers that complete a lead and before the log of the rollups.
create trigger _800_count_new_leads
after insert on crm.leads
referencing new table as new_rows
for each statement execute function routing.follow_leads();

create trigger _810_count_changed_leads
after update on crm.leads
referencing old table as old_rows new table as new_rows
for each statement execute function routing.follow_leads();

create trigger _820_count_removed_leads
after delete on crm.leads
referencing old table as old_rows
for each statement execute function routing.follow_leads();

create trigger _830_count_no_leads
after truncate on crm.leads
for each statement execute function routing.follow_leads();
