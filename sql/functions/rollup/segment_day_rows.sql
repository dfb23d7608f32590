-- Recipients by the segments they were in when sent to, by local day and hour of sending: the
-- definition of rollup.segment_day.
-- Grain: one row per owner at send, segment, version of its rule, campaign, variant, local day and
-- hour. A recipient in two segments counts in both.
-- Reads: crm.campaign_leads, as rollup.campaign_day_rows, whose measures these are, and
-- crm.campaign_lead_segments (the snapshot).
-- The subject is the owner at send, not the segment: a segment's day is as large as all that is
-- sent on it, and would be counted again for each reply.
-- p_subject_id null means every owner and nobody. One statement without SET, so it inlines.
create function rollup.segment_day_rows(
    p_workspace_id uuid, p_subject_id uuid, p_from_day date, p_to_day date
)
returns setof rollup.segment_day
language sql
stable
parallel safe
as $$
    select
        c.workspace_id,
        app.local_day(c.sent_at, coalesce(b.timezone, w.timezone)) as day,
        x.segment_id,
        c.variant,
        count(*) as sent,
        count(c.delivered_at) as delivered,
        count(c.first_opened_at) as opened,
        count(*) filter (where c.machine_opened) as machine_opened,
        count(c.first_clicked_at) as clicked,
        count(*) filter (where c.first_replied_at >= c.sent_at) as replied,
        count(c.bounced_at) as bounced,
        count(*) filter (where crm.is_won(l.status, l.won_at) and l.won_at > c.sent_at) as converted,
        coalesce(
            sum(extract(epoch from c.first_replied_at - c.sent_at))
                filter (where c.first_replied_at >= c.sent_at),
            0
        ) as reply_seconds,
        x.segment_version,
        c.campaign_id,
        s.subject_id,
        extract(hour from c.sent_at at time zone coalesce(b.timezone, w.timezone))::smallint as hour,
        count(*) filter (where x.is_recomputed) as recomputed
    from crm.workspaces as w
    cross join rollup.subjects(p_workspace_id, p_subject_id) as s
    inner join crm.campaign_leads as c
        on
            c.workspace_id = p_workspace_id
            and coalesce(c.owner_at_send, app.nobody()) = s.subject_id
            and c.sent_at >= app.earliest_start(p_from_day)
            and c.sent_at < app.latest_end(p_to_day)
    inner join crm.campaign_lead_segments as x
        on
            x.workspace_id = p_workspace_id
            and x.campaign_id = c.campaign_id
            and x.lead_id = c.lead_id
    inner join crm.leads as l on l.workspace_id = p_workspace_id and l.id = c.lead_id
    left join crm.branches as b on b.workspace_id = p_workspace_id and b.id = l.branch_id
    where
        w.workspace_id = p_workspace_id
        and app.local_day(c.sent_at, coalesce(b.timezone, w.timezone)) >= p_from_day
        and app.local_day(c.sent_at, coalesce(b.timezone, w.timezone)) < p_to_day
    group by
        c.workspace_id,
        app.local_day(c.sent_at, coalesce(b.timezone, w.timezone)),
        x.segment_id,
        c.variant,
        x.segment_version,
        c.campaign_id,
        s.subject_id,
        extract(hour from c.sent_at at time zone coalesce(b.timezone, w.timezone))::smallint
$$;
alter function rollup.segment_day_rows(uuid, uuid, date, date) owner to leadboard_rollup;

comment on function rollup.segment_day_rows(uuid, uuid, date, date) is
'Definition of rollup.segment_day for the local days [p_from_day, p_to_day): the rows of one owner at send, or of all when p_subject_id is null.';
