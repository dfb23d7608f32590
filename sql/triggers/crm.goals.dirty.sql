-- crm.goals: targets are shown beside the figures they are compared with. No rollup reads the
-- table.
create trigger _900_log_insert
after insert on crm.goals
referencing new table as changed_rows
for each statement execute function rollup.log_shown();

create trigger _900_log_update
after update on crm.goals
referencing new table as changed_rows
for each statement execute function rollup.log_shown();

create trigger _900_log_delete
after delete on crm.goals
referencing old table as changed_rows
for each statement execute function rollup.log_shown();

create trigger _900_log_truncate
before truncate on crm.goals
for each statement execute function rollup.log_truncate();
