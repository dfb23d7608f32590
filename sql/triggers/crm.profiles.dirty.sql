-- crm.profiles: the AI assessment enters scores; the rest of a profile is shown. No rollup reads
-- the table.
create trigger _900_log_insert
after insert on crm.profiles
referencing new table as changed_rows
for each statement execute function rollup.log_shown();

create trigger _900_log_update
after update on crm.profiles
referencing new table as changed_rows
for each statement execute function rollup.log_shown();

create trigger _900_log_delete
after delete on crm.profiles
referencing old table as changed_rows
for each statement execute function rollup.log_shown();

create trigger _900_log_truncate
before truncate on crm.profiles
for each statement execute function rollup.log_truncate();
