-- Keys, and time zones that exist.
alter table crm.workspaces alter column workspace_id set default app.uuid_v7();

create trigger _100_check_timezones_inserted
after insert on crm.workspaces
referencing new table as new_rows
for each statement
execute function crm.check_timezones();

comment on trigger _100_check_timezones_inserted on crm.workspaces is 'Refuses what is not an IANA time zone.';

create trigger _110_check_timezones_updated
after update on crm.workspaces
referencing old table as old_rows new table as new_rows
for each statement
execute function crm.check_timezones();

comment on trigger _110_check_timezones_updated on crm.workspaces is 'Refuses what is not an IANA time zone.';

create trigger _900_touch_updated_at
before update on crm.workspaces
for each row
when (old.* is distinct from new.*)
execute function crm.touch_updated_at();

comment on trigger _900_touch_updated_at on crm.workspaces is 'Dates a row that really changed.';
