-- crm.branches: the time zone dates facts, the name is shown.
create trigger _900_log_insert
after insert on crm.branches
referencing new table as changed_rows
for each statement execute function rollup.log_branches();

create trigger _900_log_update
after update on crm.branches
referencing old table as old_rows new table as new_rows
for each statement execute function rollup.log_branches();

create trigger _900_log_delete
after delete on crm.branches
referencing old table as changed_rows
for each statement execute function rollup.log_branches();

create trigger _900_log_truncate
before truncate on crm.branches
for each statement execute function rollup.log_truncate();
