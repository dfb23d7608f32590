-- Keys and dates of change.
alter table crm.segments alter column id set default app.uuid_v7();

create trigger _900_touch_updated_at
before update on crm.segments
for each row
when (old.* is distinct from new.*)
execute function crm.touch_updated_at();

comment on trigger _900_touch_updated_at on crm.segments is 'Dates a row that really changed.';
