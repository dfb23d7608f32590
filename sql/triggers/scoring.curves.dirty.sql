-- scoring.curves: curve points enter every score of the workspace. No rollup reads the table.
create trigger _900_log_insert
after insert on scoring.curves
referencing new table as changed_rows
for each statement execute function rollup.log_scoring();

create trigger _900_log_update
after update on scoring.curves
referencing new table as changed_rows
for each statement execute function rollup.log_scoring();

create trigger _900_log_delete
after delete on scoring.curves
referencing old table as changed_rows
for each statement execute function rollup.log_scoring();

create trigger _900_log_truncate
before truncate on scoring.curves
for each statement execute function rollup.log_truncate();
