-- Rep figures for the last p_days local days, from where they are had cheapest: precomputed at 7, 30
-- and 90 days, else computed from the rollups; the definition is the same (metrics.rep_standing).
-- Grain: one row per active member of the workspace, whoever asks. Definer, because a rank counts
-- colleagues whom the caller may not see: only leadboard_view may call it, whose functions decide
-- what is shown.
create function metrics.rep_current(p_workspace_id uuid, p_days integer)
returns table (
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
    campaign_bounce_rate numeric,
    as_of timestamptz
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_days in (7, 30, 90) then
        return query
        select
            s.user_id,
            s.window_from_day,
            s.window_to_day,
            s.new_leads_owned,
            s.source_leads,
            s.leads_contacted,
            s.response_seconds,
            s.avg_first_response_time_minutes,
            s.leads_never_contacted,
            s.never_contacted_rate,
            s.won_leads,
            s.conversion_rate,
            s.leads_worked,
            s.activities,
            s.activities_per_lead,
            s.tasks_created,
            s.tasks_created_completed,
            s.tasks_completed,
            s.task_completion_rate,
            s.campaign_leads_sent,
            s.campaign_opens,
            s.campaign_machine_opens,
            s.campaign_clicks,
            s.campaign_replies,
            s.campaign_bounces,
            s.campaign_open_rate,
            s.campaign_reply_rate,
            s.campaign_bounce_rate,
            s.as_of
        from stats.rep_performance_stats as s
        where s.workspace_id = p_workspace_id and s.days = p_days;
    else
        return query
        select
            f.user_id,
            f.window_from_day,
            f.window_to_day,
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
            f.campaign_bounce_rate,
            r.last_success_at
        from metrics.rep_standing(p_workspace_id, p_days) as f
        left join ops.refresh_state as r on r.name = 'rollup';
    end if;
end
$$;
alter function metrics.rep_current(uuid, integer) owner to leadboard_rollup;
grant execute on function metrics.rep_current(uuid, integer) to leadboard_view;

comment on function metrics.rep_current(uuid, integer) is
'Rep figures of every active member for the last so many local days, precomputed at 7, 30 and 90.';
