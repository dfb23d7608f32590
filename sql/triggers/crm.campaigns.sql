-- A campaign without a time was made now.
alter table crm.campaigns alter column id set default app.uuid_v7();
alter table crm.campaigns alter column created_at set default app.now();

create trigger _900_touch_updated_at
before update on crm.campaigns
for each row
when (old.* is distinct from new.*)
execute function crm.touch_updated_at();

comment on trigger _900_touch_updated_at on crm.campaigns is 'Dates a row that really changed.';
