-- Sendings to one lead in the hour that begins at p_hour_at (-infinity: ever), as moments of
-- rollup.campaign_day and rollup.segment_day, whose cells are the same.
create function rollup.lead_sendings(p_workspace_id uuid, p_lead_id uuid, p_hour_at timestamptz)
returns table (family text, subject_id uuid, at timestamptz)
language sql
stable
as $$
    select
        m.family,
        coalesce(c.owner_at_send, app.nobody()),
        c.sent_at
    from crm.campaign_leads as c
    cross join (values ('campaign_day'), ('segment_day')) as m (family)
    where
        c.workspace_id = p_workspace_id
        and c.lead_id = p_lead_id
        and c.sent_at >= p_hour_at
        and (p_hour_at = '-infinity' or c.sent_at < p_hour_at + interval '1 hour')
$$;
alter function rollup.lead_sendings(uuid, uuid, timestamptz) owner to leadboard_rollup;

comment on function rollup.lead_sendings(uuid, uuid, timestamptz) is
'Sendings to one lead, in an hour or ever: moments of rollup.campaign_day and rollup.segment_day.';
