-- A call without a time began now. Calls with a lead are kept among its activities.
alter table crm.call_logs alter column id set default app.uuid_v7();
alter table crm.call_logs alter column started_at set default app.now();

create trigger _100_record_new_calls
after insert on crm.call_logs
referencing new table as new_rows
for each statement
execute function crm.record_new_calls();

comment on trigger _100_record_new_calls on crm.call_logs is 'Writes the activities of new calls.';

create trigger _110_follow_call_changes
after update on crm.call_logs
referencing old table as old_rows new table as new_rows
for each statement
execute function crm.follow_call_changes();

comment on trigger _110_follow_call_changes on crm.call_logs is 'Keeps the activities of changed calls.';

create trigger _900_touch_updated_at
before update on crm.call_logs
for each row
when (old.* is distinct from new.*)
execute function crm.touch_updated_at();

comment on trigger _900_touch_updated_at on crm.call_logs is 'Dates a row that really changed.';
