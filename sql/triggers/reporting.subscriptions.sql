-- Keys, time zones that exist, and times.
alter table reporting.subscriptions alter column id set default app.uuid_v7();
alter table reporting.subscriptions alter column created_at set default app.now();

create trigger _100_check_timezones_inserted
after insert on reporting.subscriptions
referencing new table as new_rows
for each statement
execute function crm.check_timezones();

comment on trigger _100_check_timezones_inserted on reporting.subscriptions is 'Refuses what is not an IANA time zone.';

create trigger _110_check_timezones_updated
after update on reporting.subscriptions
referencing old table as old_rows new table as new_rows
for each statement
execute function crm.check_timezones();

comment on trigger _110_check_timezones_updated on reporting.subscriptions is 'Refuses what is not an IANA time zone.';

create trigger _900_touch_updated_at
before update on reporting.subscriptions
for each row
when (old.* is distinct from new.*)
execute function crm.touch_updated_at();

comment on trigger _900_touch_updated_at on reporting.subscriptions is 'Dates a row that really changed.';
