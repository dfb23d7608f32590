-- Whom a result belongs to is settled when the recipient is sent to; its segments carry that time.
create trigger _100_snapshot_owner_when_inserted
before insert on crm.campaign_leads
for each row
when (new.sent_at is not null and new.owner_at_send is null)
execute function crm.snapshot_owner_at_send();

comment on trigger _100_snapshot_owner_when_inserted on crm.campaign_leads is
'The result belongs to whom the lead is credited to now.';

create trigger _110_snapshot_owner_when_sent
before update on crm.campaign_leads
for each row
when (old.sent_at is null and new.sent_at is not null and new.owner_at_send is null)
execute function crm.snapshot_owner_at_send();

comment on trigger _110_snapshot_owner_when_sent on crm.campaign_leads is
'The result belongs to whom the lead is credited to now.';

create trigger _200_follow_sent_at
after update on crm.campaign_leads
for each row
when (old.sent_at is not null and new.sent_at is distinct from old.sent_at)
execute function crm.follow_sent_at();

comment on trigger _200_follow_sent_at on crm.campaign_leads is
'Moves the recipient''s segments to a corrected time.';

create trigger _900_touch_updated_at
before update on crm.campaign_leads
for each row
when (old.* is distinct from new.*)
execute function crm.touch_updated_at();

comment on trigger _900_touch_updated_at on crm.campaign_leads is 'Dates a row that really changed.';
