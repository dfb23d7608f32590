-- metrics.rep_performance for everyone who is ranked now, each in the own window: the p_days local
-- days that end with the person's today (docs/decisions/0003).
-- Grain: one row per active member of the workspace, whoever asks. Definer, because a rank counts
-- colleagues whom the caller may not see: only leadboard_view may call it, whose functions decide
-- what is shown.
-- A workspace may have several todays at once; each is asked once. In PL/pgSQL, so that each is one
-- pass over its days, and never one per member, whatever the planner thinks of their number.
create function metrics.rep_standing(p_workspace_id uuid, p_days integer)
returns table (
    workspace_id uuid,
    user_id uuid,
    window_from_day date,
    window_to_day date,
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
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set enable_nestloop = off
set jit = off
as $$
declare
    v_today date;
    v_people uuid[];
begin
    for v_today, v_people in
        select
            app.today(r.zone),
            array_agg(r.user_id)
        from metrics.reps(p_workspace_id) as r
        where r.is_active
        group by app.today(r.zone)
    loop
        return query
        select
            f.workspace_id,
            f.user_id,
            v_today - p_days + 1,
            v_today + 1,
            f.new_leads_owned,
            f.source_leads,
            f.leads_contacted,
            f.response_seconds,
            f.avg_first_response_time_minutes,
            f.leads_never_contacted,
            f.never_contacted_rate,
            f.won_leads,
            f.conversion_rate,
            f.leads_worked,
            f.activities,
            f.activities_per_lead,
            f.tasks_created,
            f.tasks_created_completed,
            f.tasks_completed,
            f.task_completion_rate,
            f.campaign_leads_sent,
            f.campaign_opens,
            f.campaign_machine_opens,
            f.campaign_clicks,
            f.campaign_replies,
            f.campaign_bounces,
            f.campaign_open_rate,
            f.campaign_reply_rate,
            f.campaign_bounce_rate
        from metrics.rep_performance(p_workspace_id, v_today - p_days + 1, v_today + 1) as f
        where f.user_id = any(v_people);
    end loop;
end
$$;
alter function metrics.rep_standing(uuid, integer) owner to leadboard_rollup;
grant execute on function metrics.rep_standing(uuid, integer) to leadboard_view;

comment on function metrics.rep_standing(uuid, integer) is
'Rep figures of every active member for the last so many local days, each until the own today.';
