-- Keys, and time zones that exist.
alter table crm.branches alter column id set default app.uuid_v7();

create trigger _100_check_timezones_inserted
after insert on crm.branches
referencing new table as new_rows
for each statement
execute function crm.check_timezones();

comment on trigger _100_check_timezones_inserted on crm.branches is 'Refuses what is not an IANA time zone.';

create trigger _110_check_timezones_updated
after update on crm.branches
referencing old table as old_rows new table as new_rows
for each statement
execute function crm.check_timezones();

comment on trigger _110_check_timezones_updated on crm.branches is 'Refuses what is not an IANA time zone.';

create trigger _900_touch_updated_at
before update on crm.branches
for each row
when (old.* is distinct from new.*)
execute function crm.touch_updated_at();

comment on trigger _900_touch_updated_at on crm.branches is 'Dates a row that really changed.';
