-- Dates of change.
create trigger _900_touch_updated_at
before update on crm.profiles
for each row
when (old.* is distinct from new.*)
execute function crm.touch_updated_at();

comment on trigger _900_touch_updated_at on crm.profiles is 'Dates a row that really changed.';
