-- A corrected sent_at moves the recipient's segments; without sent_at there are none. Row by row: a
-- first sent_at has no segments to move, so this is rare.
-- Lock order: recipient (by the update itself), then its segments.
create function crm.follow_sent_at()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if new.sent_at is null then
        delete from crm.campaign_lead_segments as s
        where
            s.workspace_id = new.workspace_id
            and s.campaign_id = new.campaign_id
            and s.lead_id = new.lead_id;
    else
        update crm.campaign_lead_segments as s
        set sent_at = new.sent_at
        where
            s.workspace_id = new.workspace_id
            and s.campaign_id = new.campaign_id
            and s.lead_id = new.lead_id;
    end if;
    return null;
end
$$;
alter function crm.follow_sent_at() owner to leadboard_owner;

comment on function crm.follow_sent_at() is
'Trigger: keeps sent_at of a recipient''s segments equal to the recipient''s.';
