-- In which segments one person's recipients did best: recipients sent to in the local days
-- [p_from_day, p_to_day) who belonged to the person then, by the segments they were in when they
-- were sent to (METRICS section 4). A recipient in two segments counts in both.
-- Grain: one row per segment. Reads: crm.campaign_leads by index campaign_leads_subject_sent_at,
-- and the snapshots of those recipients. The measures are those of rollup.segment_day_rows.
-- Definer: reads everything of the person, for the functions of leadboard_view, which ask first
-- whose figures the caller may see.
create function metrics.rep_segments(
    p_workspace_id uuid, p_user_id uuid, p_from_day date, p_to_day date
)
returns table (
    segment_id uuid,
    segment_name text,
    leads_sent bigint,
    opened bigint,
    replied bigint,
    bounced bigint,
    clicked bigint,
    converted bigint
)
language sql
stable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        g.id as segment_id,
        g.name as segment_name,
        count(*) as leads_sent,
        count(c.first_opened_at) as opened,
        count(*) filter (where c.first_replied_at >= c.sent_at) as replied,
        count(c.bounced_at) as bounced,
        count(c.first_clicked_at) as clicked,
        count(*) filter (where crm.is_won(l.status, l.won_at) and l.won_at > c.sent_at) as converted
    from crm.workspaces as w
    inner join crm.campaign_leads as c
        on
            c.workspace_id = p_workspace_id
            and coalesce(c.owner_at_send, app.nobody()) = p_user_id
            and c.sent_at >= app.earliest_start(p_from_day)
            and c.sent_at < app.latest_end(p_to_day)
    inner join crm.leads as l on l.workspace_id = p_workspace_id and l.id = c.lead_id
    left join crm.branches as b on b.workspace_id = p_workspace_id and b.id = l.branch_id
    inner join crm.campaign_lead_segments as x
        on
            x.workspace_id = p_workspace_id
            and x.campaign_id = c.campaign_id
            and x.lead_id = c.lead_id
    inner join crm.segments as g on g.workspace_id = p_workspace_id and g.id = x.segment_id
    where
        w.workspace_id = p_workspace_id
        and app.local_day(c.sent_at, coalesce(b.timezone, w.timezone)) >= p_from_day
        and app.local_day(c.sent_at, coalesce(b.timezone, w.timezone)) < p_to_day
    group by g.id, g.name
$$;
alter function metrics.rep_segments(uuid, uuid, date, date) owner to leadboard_rollup;
grant execute on function metrics.rep_segments(uuid, uuid, date, date) to leadboard_view;

comment on function metrics.rep_segments(uuid, uuid, date, date) is
'Results of one person''s recipients of the local days [from, to) by segment, as they were when sent to.';
