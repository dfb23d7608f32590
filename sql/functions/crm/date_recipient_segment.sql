-- A recipient's segment carries the time the recipient was sent to; there is none before.
-- Race: a session that is just changing sent_at is waited for (FOR SHARE on the recipient), and one
-- that changes it later waits for this one and then moves this row too (crm.follow_sent_at).
create function crm.date_recipient_segment()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    select r.sent_at into new.sent_at
    from crm.campaign_leads as r
    where
        r.workspace_id = new.workspace_id
        and r.campaign_id = new.campaign_id
        and r.lead_id = new.lead_id
    for share;
    if found and new.sent_at is null then
        raise exception using
            errcode = 'LB422',
            message = 'Segments of a recipient are recorded when the campaign is sent, not before.';
    end if;
    -- Not found: the foreign key says so.
    new.sent_at := coalesce(new.sent_at, app.now());
    return new;
end
$$;
alter function crm.date_recipient_segment() owner to leadboard_owner;

comment on function crm.date_recipient_segment() is
'Trigger: copies sent_at of the recipient; refuses (LB422) a recipient that was not sent to.';
