-- Recipients by the segments they were in when sent to, by local day and hour of sending: the
-- definition of rollup.segment_day.
-- Grain: one row per segment, version of its rule, campaign, variant, owner at send, local day and
-- hour. A recipient in two segments counts in both.
-- Reads: crm.campaign_lead_segments (the snapshot) and its recipient; the measures are those of
-- rollup.campaign_day_rows.
-- p_subject_id null means every segment. One statement without SET, so it inlines.
create function rollup.segment_day_rows(
    p_workspace_id uuid, p_subject_id uuid, p_from_day date, p_to_day date
)
returns setof rollup.segment_day
language sql
stable
parallel safe
as $$
    select
        w.workspace_id,
        app.local_day(x.sent_at, coalesce(b.timezone, w.timezone)) as day,
        g.id as subject_id,
        c.variant,
        count(*) as sent,
        count(c.delivered_at) as delivered,
        count(c.first_opened_at) as opened,
        count(*) filter (where c.machine_opened) as machine_opened,
        count(c.first_clicked_at) as clicked,
        count(*) filter (where c.first_replied_at >= x.sent_at) as replied,
        count(c.bounced_at) as bounced,
        count(*) filter (where crm.is_won(l.status, l.won_at) and l.won_at > x.sent_at) as converted,
        coalesce(
            sum(extract(epoch from c.first_replied_at - x.sent_at))
                filter (where c.first_replied_at >= x.sent_at),
            0
        ) as reply_seconds,
        x.segment_version,
        x.campaign_id,
        coalesce(c.owner_at_send, app.nobody()) as owner_id,
        extract(hour from x.sent_at at time zone coalesce(b.timezone, w.timezone))::smallint as hour,
        count(*) filter (where x.is_recomputed) as recomputed
    from crm.workspaces as w
    inner join crm.segments as g
        on
            g.workspace_id = p_workspace_id
            and g.id >= coalesce(p_subject_id, app.nobody())
            and g.id <= coalesce(p_subject_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
    inner join crm.campaign_lead_segments as x
        on
            x.workspace_id = p_workspace_id
            and x.segment_id = g.id
            and x.sent_at >= app.earliest_start(p_from_day)
            and x.sent_at < app.latest_end(p_to_day)
    inner join crm.campaign_leads as c
        on
            c.workspace_id = p_workspace_id
            and c.campaign_id = x.campaign_id
            and c.lead_id = x.lead_id
    inner join crm.leads as l on l.workspace_id = p_workspace_id and l.id = x.lead_id
    left join crm.branches as b on b.workspace_id = p_workspace_id and b.id = l.branch_id
    where
        w.workspace_id = p_workspace_id
        and app.local_day(x.sent_at, coalesce(b.timezone, w.timezone)) >= p_from_day
        and app.local_day(x.sent_at, coalesce(b.timezone, w.timezone)) < p_to_day
    group by
        w.workspace_id,
        app.local_day(x.sent_at, coalesce(b.timezone, w.timezone)),
        g.id,
        c.variant,
        x.segment_version,
        x.campaign_id,
        coalesce(c.owner_at_send, app.nobody()),
        extract(hour from x.sent_at at time zone coalesce(b.timezone, w.timezone))::smallint
$$;
alter function rollup.segment_day_rows(uuid, uuid, date, date) owner to leadboard_rollup;

comment on function rollup.segment_day_rows(uuid, uuid, date, date) is
'Definition of rollup.segment_day for the local days [p_from_day, p_to_day): the rows of one segment, or of all when p_subject_id is null.';
