-- A recipient's segment carries the time the recipient was sent to.
create trigger _100_date_recipient_segment
before insert or update of workspace_id, campaign_id, lead_id, sent_at
on crm.campaign_lead_segments
for each row
execute function crm.date_recipient_segment();

comment on trigger _100_date_recipient_segment on crm.campaign_lead_segments is
'Copies sent_at of the recipient.';

create trigger _900_touch_updated_at
before update on crm.campaign_lead_segments
for each row
when (old.* is distinct from new.*)
execute function crm.touch_updated_at();

comment on trigger _900_touch_updated_at on crm.campaign_lead_segments is 'Dates a row that really changed.';
