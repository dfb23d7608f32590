-- crm.users: names and addresses are shown beside figures. A new person is in no workspace yet, and
-- one who still is in a workspace cannot be deleted, so updates are all there is to log.
create trigger _900_log_update
after update on crm.users
referencing new table as changed_rows
for each statement execute function rollup.log_users();

create trigger _900_log_truncate
before truncate on crm.users
for each statement execute function rollup.log_truncate();
