-- crm.members: roles, branches and dates of members decide who is ranked and shown. No rollup reads
-- the table.
create trigger _900_log_insert
after insert on crm.members
referencing new table as changed_rows
for each statement execute function rollup.log_shown();

create trigger _900_log_update
after update on crm.members
referencing new table as changed_rows
for each statement execute function rollup.log_shown();

create trigger _900_log_delete
after delete on crm.members
referencing old table as changed_rows
for each statement execute function rollup.log_shown();

create trigger _900_log_truncate
before truncate on crm.members
for each statement execute function rollup.log_truncate();
