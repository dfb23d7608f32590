-- crm.segments: names and archiving of segments are shown. No rollup reads the table.
create trigger _900_log_insert
after insert on crm.segments
referencing new table as changed_rows
for each statement execute function rollup.log_shown();

create trigger _900_log_update
after update on crm.segments
referencing new table as changed_rows
for each statement execute function rollup.log_shown();

create trigger _900_log_delete
after delete on crm.segments
referencing old table as changed_rows
for each statement execute function rollup.log_shown();

create trigger _900_log_truncate
before truncate on crm.segments
for each statement execute function rollup.log_truncate();
