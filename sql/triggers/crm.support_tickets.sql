-- A ticket without a time was opened now, about whoever the lead is credited to.
alter table crm.support_tickets alter column id set default app.uuid_v7();
alter table crm.support_tickets alter column created_at set default app.now();

create trigger _100_snapshot_credited_user
before insert on crm.support_tickets
for each row
when (new.user_id is null)
execute function crm.snapshot_credited_user();

comment on trigger _100_snapshot_credited_user on crm.support_tickets is
'Without a user_id the row is about whom the lead is credited to now.';

create trigger _900_touch_updated_at
before update on crm.support_tickets
for each row
when (old.* is distinct from new.*)
execute function crm.touch_updated_at();

comment on trigger _900_touch_updated_at on crm.support_tickets is 'Dates a row that really changed.';
