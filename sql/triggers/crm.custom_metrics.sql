-- Keys and dates of change.
alter table crm.custom_metrics alter column id set default app.uuid_v7();

create trigger _900_touch_updated_at
before update on crm.custom_metrics
for each row
when (old.* is distinct from new.*)
execute function crm.touch_updated_at();

comment on trigger _900_touch_updated_at on crm.custom_metrics is 'Dates a row that really changed.';
