-- How the members of a workspace worked in a window of local days [p_from_day, p_to_day): METRICS
-- section 1.
-- Grain: one row per member (metrics.reps), with zeros and NULL where nothing happened.
-- Cohort: leads owned, contacts, wins follow the leads CREATED in the window and credited to the
-- member. Event: tasks, work on leads and campaign results count by their own day; campaign results
-- by the day of sending, for who owned the lead then.
-- Reads: rollup.member_week and, at the edges of the window, member_day; of rollup.worked_day what
-- these cannot add up. No fact: the cost is that of members and weeks, however many leads there
-- are. The median response, which no sum can give, is metrics.median_response_minutes, for one
-- person at a time.
-- Rates are unrounded, and NULL where there is nothing to divide by. No SET clause and one
-- statement, so it inlines: what is not asked for is not summed.
create function metrics.rep_performance(p_workspace_id uuid, p_from_day date, p_to_day date)
returns table (
    workspace_id uuid,
    user_id uuid,
    new_leads_owned bigint,
    source_leads jsonb,
    leads_contacted bigint,
    response_seconds numeric,
    avg_first_response_time_minutes numeric,
    leads_never_contacted bigint,
    never_contacted_rate numeric,
    won_leads bigint,
    conversion_rate numeric,
    leads_worked bigint,
    activities bigint,
    activities_per_lead numeric,
    tasks_created bigint,
    tasks_created_completed bigint,
    tasks_completed bigint,
    task_completion_rate numeric,
    campaign_leads_sent bigint,
    campaign_opens bigint,
    campaign_machine_opens bigint,
    campaign_clicks bigint,
    campaign_replies bigint,
    campaign_bounces bigint,
    campaign_open_rate numeric,
    campaign_reply_rate numeric,
    campaign_bounce_rate numeric
)
language sql
stable
parallel safe
as $$
    select
        r.workspace_id,
        r.user_id,
        coalesce(s.leads, 0)::bigint as new_leads_owned,
        c.counts as source_leads,
        coalesce(s.contacted, 0)::bigint as leads_contacted,
        coalesce(s.response_seconds, 0) as response_seconds,
        s.response_seconds / nullif(s.contacted, 0) / 60 as avg_first_response_time_minutes,
        coalesce(s.leads - s.contacted, 0)::bigint as leads_never_contacted,
        (s.leads - s.contacted) / nullif(s.leads, 0) as never_contacted_rate,
        coalesce(s.won, 0)::bigint as won_leads,
        s.won / nullif(s.leads, 0) as conversion_rate,
        (coalesce(s.first_worked, 0) + coalesce(a.leads, 0))::bigint as leads_worked,
        coalesce(s.works, 0)::bigint as activities,
        s.works / nullif(s.first_worked + coalesce(a.leads, 0), 0) as activities_per_lead,
        coalesce(s.tasks_created, 0)::bigint as tasks_created,
        coalesce(s.tasks_created_completed, 0)::bigint as tasks_created_completed,
        coalesce(s.tasks_completed, 0)::bigint as tasks_completed,
        s.tasks_created_completed / nullif(s.tasks_created, 0) as task_completion_rate,
        coalesce(s.sent, 0)::bigint as campaign_leads_sent,
        coalesce(s.opened, 0)::bigint as campaign_opens,
        coalesce(s.machine_opened, 0)::bigint as campaign_machine_opens,
        coalesce(s.clicked, 0)::bigint as campaign_clicks,
        coalesce(s.replied, 0)::bigint as campaign_replies,
        coalesce(s.bounced, 0)::bigint as campaign_bounces,
        s.opened / nullif(s.sent, 0) as campaign_open_rate,
        s.replied / nullif(s.sent, 0) as campaign_reply_rate,
        s.bounced / nullif(s.sent, 0) as campaign_bounce_rate
    from metrics.reps(p_workspace_id) as r
    left join (
        select
            d.subject_id,
            sum(d.leads) as leads,
            array_agg(d.source_leads) as source_leads,
            sum(d.contacted) as contacted,
            sum(d.response_seconds) as response_seconds,
            sum(d.won) as won,
            sum(d.first_worked) as first_worked,
            sum(d.works) as works,
            sum(d.tasks_created) as tasks_created,
            sum(d.tasks_created_completed) as tasks_created_completed,
            sum(d.tasks_completed) as tasks_completed,
            sum(d.sent) as sent,
            sum(d.opened) as opened,
            sum(d.machine_opened) as machine_opened,
            sum(d.clicked) as clicked,
            sum(d.replied) as replied,
            sum(d.bounced) as bounced
        from rollup.member_spans(p_workspace_id, p_from_day, p_to_day) as d
        group by d.subject_id
    ) as s on s.subject_id = r.user_id
    left join lateral rollup.sum_counts(s.source_leads) as c on true
    left join (
        select
            d.subject_id,
            sum(d.leads) as leads
        -- Leads of which the window does not have the first work, each once: on the first day in it.
        from rollup.worked_day as d
        where
            d.workspace_id = p_workspace_id
            and d.day >= p_from_day
            and d.day < p_to_day
            and d.previous_day > '-infinity'
            and d.previous_day < p_from_day
        group by d.subject_id
    ) as a on a.subject_id = r.user_id
$$;
alter function metrics.rep_performance(uuid, date, date) owner to leadboard_rollup;
-- No grant to leadboard_view: bound by policies, it would find a part of the members.

comment on function metrics.rep_performance(uuid, date, date) is
'Rep figures of a workspace for the window of local days [from, to): one row per member, rates unrounded with numerators and denominators; source_leads are the new leads by source.';
