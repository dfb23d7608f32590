-- Keys, and the count of routed leads.
alter table routing.lead_assignment_logs alter column id set default app.uuid_v7();

create trigger _100_count_new_decisions
after insert on routing.lead_assignment_logs
referencing new table as new_rows
for each statement execute function routing.follow_decisions();

create trigger _110_count_changed_decisions
after update on routing.lead_assignment_logs
referencing old table as old_rows new table as new_rows
for each statement execute function routing.follow_decisions();

create trigger _120_count_removed_decisions
after delete on routing.lead_assignment_logs
referencing old table as old_rows
for each statement execute function routing.follow_decisions();
