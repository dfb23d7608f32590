-- Who joins without a date joins now.
alter table crm.members alter column joined_at set default app.now();

create trigger _900_touch_updated_at
before update on crm.members
for each row
when (old.* is distinct from new.*)
execute function crm.touch_updated_at();

comment on trigger _900_touch_updated_at on crm.members is 'Dates a row that really changed.';
