-- Keys and times.
alter table reporting.deliveries alter column id set default app.uuid_v7();
alter table reporting.deliveries alter column created_at set default app.now();

create trigger _900_touch_updated_at
before update on reporting.deliveries
for each row
when (old.* is distinct from new.*)
execute function crm.touch_updated_at();

comment on trigger _900_touch_updated_at on reporting.deliveries is 'Dates a row that really changed.';
