-- crm.workspaces: the time zone dates facts, everything else is shown or weighs figures.
create trigger _900_log_insert
after insert on crm.workspaces
referencing new table as changed_rows
for each statement execute function rollup.log_workspaces();

create trigger _900_log_update
after update on crm.workspaces
referencing old table as old_rows new table as new_rows
for each statement execute function rollup.log_workspaces();

create trigger _900_log_delete
after delete on crm.workspaces
referencing old table as changed_rows
for each statement execute function rollup.log_workspaces();

create trigger _900_log_truncate
before truncate on crm.workspaces
for each statement execute function rollup.log_truncate();
