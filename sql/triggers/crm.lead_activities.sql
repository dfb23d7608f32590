-- An activity without a time happened now, and was recorded now. What a lead knows from its
-- activities (first contact, first actor) follows them.
alter table crm.lead_activities alter column id set default app.uuid_v7();
alter table crm.lead_activities alter column occurred_at set default app.now();
alter table crm.lead_activities alter column recorded_at set default app.now();

create trigger _100_settle_new_activities
after insert on crm.lead_activities
referencing new table as new_rows
for each statement
execute function crm.settle_new_activities();

comment on trigger _100_settle_new_activities on crm.lead_activities is
'First contact and first actor of the leads, after new activities.';

create trigger _110_settle_changed_activities
after update on crm.lead_activities
referencing old table as old_rows new table as new_rows
for each statement
execute function crm.settle_changed_activities();

comment on trigger _110_settle_changed_activities on crm.lead_activities is
'First contact and first actor of the leads, after changed activities.';

create trigger _120_settle_removed_activities
after delete on crm.lead_activities
referencing old table as old_rows
for each statement
execute function crm.settle_removed_activities();

comment on trigger _120_settle_removed_activities on crm.lead_activities is
'First contact and first actor of the leads, after deleted activities.';

create trigger _900_touch_updated_at
before update on crm.lead_activities
for each row
when (old.* is distinct from new.*)
execute function crm.touch_updated_at();

comment on trigger _900_touch_updated_at on crm.lead_activities is 'Dates a row that really changed.';
