-- Sendings to one lead in the hour that begins at p_hour_at (-infinity: ever), as moments of
-- rollup.campaign_day and rollup.segment_day.
create function rollup.lead_sendings(p_workspace_id uuid, p_lead_id uuid, p_hour_at timestamptz)
returns table (family text, subject_id uuid, at timestamptz)
language sql
stable
as $$
    select
        'campaign_day',
        coalesce(c.owner_at_send, app.nobody()),
        c.sent_at
    from crm.campaign_leads as c
    where
        c.workspace_id = p_workspace_id
        and c.lead_id = p_lead_id
        and c.sent_at >= p_hour_at
        and (p_hour_at = '-infinity' or c.sent_at < p_hour_at + interval '1 hour')
    union all
    select
        'segment_day',
        x.segment_id,
        x.sent_at
    from crm.campaign_leads as c
    inner join crm.campaign_lead_segments as x
        on
            x.workspace_id = p_workspace_id
            and x.campaign_id = c.campaign_id
            and x.lead_id = p_lead_id
    where
        c.workspace_id = p_workspace_id
        and c.lead_id = p_lead_id
        and x.sent_at >= p_hour_at
        and (p_hour_at = '-infinity' or x.sent_at < p_hour_at + interval '1 hour')
$$;
alter function rollup.lead_sendings(uuid, uuid, timestamptz) owner to leadboard_rollup;

comment on function rollup.lead_sendings(uuid, uuid, timestamptz) is
'Sendings to one lead, in an hour or ever: moments of rollup.campaign_day and rollup.segment_day.';
