-- The segments a recipient was in when it was sent to, taken as the sending is heard of: those the
-- sender names, else the campaign's own and every active one whose rule the lead fulfils now.
-- A sending that is heard of more than a day late is history: the lead may have become another by
-- now. It is in the campaign's own segment, and the next refresh matches it with the rules
-- (crm.match_history).
-- p_segment_ids null: the sender names none. The caller holds the lock of the lead.
create function crm.take_segments(
    p_workspace_id uuid,
    p_campaign_id uuid,
    p_lead_id uuid,
    p_segment_ids uuid[]
)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    c_fresh constant interval := '1 day';
    v_sent_at timestamptz;
    v_is_known boolean;
begin
    select r.sent_at into v_sent_at
    from crm.campaign_leads as r
    where
        r.workspace_id = p_workspace_id
        and r.campaign_id = p_campaign_id
        and r.lead_id = p_lead_id;
    v_is_known := p_segment_ids is not null or v_sent_at >= app.now() - c_fresh;

    insert into crm.campaign_lead_segments (
        workspace_id, campaign_id, lead_id, segment_id, segment_version, sent_at
    )
    select
        p_workspace_id,
        p_campaign_id,
        p_lead_id,
        s.id,
        s.version,
        v_sent_at
    from crm.segments as s
    cross join crm.campaigns as c
    where
        s.workspace_id = p_workspace_id
        and c.workspace_id = p_workspace_id
        and c.id = p_campaign_id
        and case
            when p_segment_ids is not null then s.id = any(p_segment_ids)
            else
                s.id is not distinct from c.segment_id
                or (
                    v_is_known
                    and s.archived_at is null
                    and exists (
                        select from crm.matching_leads(p_workspace_id, s.filter) as l
                        where l.id = p_lead_id
                    )
                )
        end
    on conflict do nothing;

    update crm.campaign_leads as r
    set segments_taken_at = case when v_is_known then v_sent_at end
    where
        r.workspace_id = p_workspace_id
        and r.campaign_id = p_campaign_id
        and r.lead_id = p_lead_id
        and r.segments_taken_at is distinct from case when v_is_known then v_sent_at end;

    if not v_is_known then
        insert into crm.unmatched_history (workspace_id, lead_id)
        values (p_workspace_id, p_lead_id);
    end if;
end
$$;
alter function crm.take_segments(uuid, uuid, uuid, uuid[]) owner to leadboard_owner;

comment on function crm.take_segments(uuid, uuid, uuid, uuid[]) is
'Records the segments a recipient was in when it was sent to: those named, else the campaign''s own and those whose rule the lead fulfils; of history the campaign''s own only.';
