-- Reports are due by the clocks of the place.
create trigger _600_follow_timezones
after update of timezone on crm.workspaces
for each row
when (old.timezone is distinct from new.timezone)
execute function reporting.follow_timezones();

comment on trigger _600_follow_timezones on crm.workspaces is 'Schedules in a zone that changed are looked at again.';
