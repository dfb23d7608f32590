-- Keys and dates of change. The rows are written by the triggers of crm.leads.
alter table crm.lead_ownership alter column id set default app.uuid_v7();

create trigger _900_touch_updated_at
before update on crm.lead_ownership
for each row
when (old.* is distinct from new.*)
execute function crm.touch_updated_at();

comment on trigger _900_touch_updated_at on crm.lead_ownership is 'Dates a row that really changed.';
