-- Keys and dates of change.
alter table crm.goals alter column id set default app.uuid_v7();

create trigger _900_touch_updated_at
before update on crm.goals
for each row
when (old.* is distinct from new.*)
execute function crm.touch_updated_at();

comment on trigger _900_touch_updated_at on crm.goals is 'Dates a row that really changed.';

create trigger _300_follow_new_goals
after insert on crm.goals
referencing new table as changed_rows
for each statement execute function goals.follow_goals();

comment on trigger _300_follow_new_goals on crm.goals is 'History of targets; checked by the next refresh.';

create trigger _310_follow_changed_goals
after update on crm.goals
referencing old table as old_rows new table as new_rows
for each statement execute function goals.follow_goals();

comment on trigger _310_follow_changed_goals on crm.goals is 'History of targets; checked by the next refresh.';

create trigger _320_follow_removed_goals
after delete on crm.goals
referencing old table as changed_rows
for each statement execute function goals.follow_goals();

comment on trigger _320_follow_removed_goals on crm.goals is 'History of targets.';
