-- Keys and times.
alter table reporting.delivery_recipients alter column id set default app.uuid_v7();
alter table reporting.delivery_recipients alter column created_at set default app.now();

create trigger _900_touch_updated_at
before update on reporting.delivery_recipients
for each row
when (old.* is distinct from new.*)
execute function crm.touch_updated_at();

comment on trigger _900_touch_updated_at on reporting.delivery_recipients is 'Dates a row that really changed.';
