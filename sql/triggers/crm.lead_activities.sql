-- An activity without a time happened now, and was recorded now. What a lead knows from its
-- activities (first contact, first actor) follows them.
alter table crm.lead_activities alter column id set default app.uuid_v7();
alter table crm.lead_activities alter column occurred_at set default app.now();
alter table crm.lead_activities alter column recorded_at set default app.now();

-- Only for those that may belong elsewhere than with their actor: most are somebody's own.
create trigger _050_place_new_in_timeline
before insert on crm.lead_activities
for each row
when (
    new.timeline_user_id is null
    and (new.type in ('assignment', 'conversion') or new.actor_user_id is null)
)
execute function crm.place_in_timeline();

comment on trigger _050_place_new_in_timeline on crm.lead_activities is
'Whose timeline an activity is in that is not its actor''s.';

create trigger _060_place_changed_in_timeline
before update of lead_id, actor_user_id, type, metadata on crm.lead_activities
for each row
when (
    (
        new.lead_id is distinct from old.lead_id
        or new.actor_user_id is distinct from old.actor_user_id
        or new.type is distinct from old.type
        or new.metadata is distinct from old.metadata
    )
    and (
        new.type in ('assignment', 'conversion')
        or new.actor_user_id is null
        or old.timeline_user_id is not null
    )
)
execute function crm.place_in_timeline();

comment on trigger _060_place_changed_in_timeline on crm.lead_activities is
'Whose timeline an activity is in that is not its actor''s, after a correction.';

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
