-- Keys, versions of the rule, and dates of change.
alter table crm.segments alter column id set default app.uuid_v7();

create trigger _100_check_segment
before insert or update on crm.segments
for each row
execute function crm.check_segment();

comment on trigger _100_check_segment on crm.segments is
'Refuses a faulty rule and counts its versions.';

create trigger _200_keep_first_version
after insert on crm.segments
for each row
execute function crm.keep_segment_version();

comment on trigger _200_keep_first_version on crm.segments is 'Keeps each version of the rule.';

create trigger _210_keep_next_version
after update on crm.segments
for each row
when (new.version <> old.version)
execute function crm.keep_segment_version();

comment on trigger _210_keep_next_version on crm.segments is 'Keeps each version of the rule.';

create trigger _900_touch_updated_at
before update on crm.segments
for each row
when (old.* is distinct from new.*)
execute function crm.touch_updated_at();

comment on trigger _900_touch_updated_at on crm.segments is 'Dates a row that really changed.';
