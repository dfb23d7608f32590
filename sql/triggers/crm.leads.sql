-- A lead without a time came in now. Its history, ownership and activities follow it.
alter table crm.leads alter column id set default app.uuid_v7();
alter table crm.leads alter column created_at set default app.now();

-- What the writer named in an update is known only to triggers `update of` that column.
create trigger _100_mark_named_status_changed_at
before update of status_changed_at on crm.leads
for each row
when (
    new.status is distinct from old.status
    and new.status_changed_at is not distinct from old.status_changed_at
)
execute function crm.mark_named('status_changed_at');

comment on trigger _100_mark_named_status_changed_at on crm.leads is
'The writer named the time of the change, and it is the old one.';

create trigger _110_mark_named_assigned_at
before update of assigned_at on crm.leads
for each row
when (
    new.owner_user_id is distinct from old.owner_user_id
    and new.assigned_at is not distinct from old.assigned_at
)
execute function crm.mark_named('assigned_at');

comment on trigger _110_mark_named_assigned_at on crm.leads is
'The writer named the time of the assignment, and it is the old one.';

create trigger _120_mark_named_person
before update of changed_by_user_id on crm.leads
for each row
when (
    (
        new.status is distinct from old.status
        or new.owner_user_id is distinct from old.owner_user_id
    )
    and new.changed_by_user_id is not distinct from old.changed_by_user_id
)
execute function crm.mark_named('changed_by_user_id');

comment on trigger _120_mark_named_person on crm.leads is
'The writer named who made the change, and it is the same person as before.';

create trigger _200_complete_new_lead
before insert on crm.leads
for each row
execute function crm.complete_lead();

comment on trigger _200_complete_new_lead on crm.leads is
'Fills the times of the lead''s status and assignment, and whom the lead is credited to.';

-- Only for the columns it looks at: most updates are of others.
create trigger _210_complete_changed_lead
before update on crm.leads
for each row
when (
    new.status is distinct from old.status
    or new.status_changed_at is distinct from old.status_changed_at
    or new.owner_user_id is distinct from old.owner_user_id
    or new.assigned_at is distinct from old.assigned_at
    or new.created_at is distinct from old.created_at
    or new.created_by_user_id is distinct from old.created_by_user_id
    or (
        -- Not within a trigger: crm.settle_leads knows.
        pg_catalog.pg_trigger_depth() = 0
        and (
            new.first_contact_at is distinct from old.first_contact_at
            or new.credited_user_id is distinct from old.credited_user_id
            or new.owner_basis is distinct from old.owner_basis
        )
    )
)
execute function crm.complete_lead();

comment on trigger _210_complete_changed_lead on crm.leads is
'Fills stage times, time and person of a change, and whom the lead is credited to.';

create trigger _300_open_lead_history
after insert on crm.leads
referencing new table as new_rows
for each statement
execute function crm.open_lead_history();

comment on trigger _300_open_lead_history on crm.leads is 'Begins status history and ownership.';

create trigger _310_follow_lead_changes
after update on crm.leads
referencing old table as old_rows new table as new_rows
for each statement
execute function crm.follow_lead_changes();

comment on trigger _310_follow_lead_changes on crm.leads is
'Writes history, ownership and activities of a change.';

create trigger _900_touch_updated_at
before update on crm.leads
for each row
when (old.* is distinct from new.*)
execute function crm.touch_updated_at();

comment on trigger _900_touch_updated_at on crm.leads is 'Dates a row that really changed.';
