-- scoring.weights: weights enter every score of the workspace. No rollup reads the table.
create trigger _900_log_insert
after insert on scoring.weights
referencing new table as changed_rows
for each statement execute function rollup.log_scoring();

create trigger _900_log_update
after update on scoring.weights
referencing new table as changed_rows
for each statement execute function rollup.log_scoring();

create trigger _900_log_delete
after delete on scoring.weights
referencing old table as changed_rows
for each statement execute function rollup.log_scoring();

create trigger _900_log_truncate
before truncate on scoring.weights
for each statement execute function rollup.log_truncate();
