-- A note without a time was written now.
alter table crm.notes alter column id set default app.uuid_v7();
alter table crm.notes alter column created_at set default app.now();

create trigger _900_touch_updated_at
before update on crm.notes
for each row
when (old.* is distinct from new.*)
execute function crm.touch_updated_at();

comment on trigger _900_touch_updated_at on crm.notes is 'Dates a row that really changed.';
