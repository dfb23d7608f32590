-- The figures a metric is made of, for the p_days local days before the last p_days: what a rank is
-- compared with.
-- Grain: one row per active member of the workspace, whoever asks; figures holds the columns of
-- p_columns by name, null for all others.
-- Planned anew at each call, with the columns as values: the rollups of columns that nobody asked
-- for drop out of the plan.
-- Definer for the reason of metrics.rep_standing.
create function metrics.rep_previous(p_workspace_id uuid, p_days integer, p_columns text[])
returns table (user_id uuid, figures jsonb)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
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
            f.user_id,
            jsonb_build_object(
                'new_leads_owned', case when 'new_leads_owned' = any(p_columns) then f.new_leads_owned end,
                'leads_contacted', case when 'leads_contacted' = any(p_columns) then f.leads_contacted end,
                'avg_first_response_time_minutes', case when 'avg_first_response_time_minutes' = any(p_columns) then f.avg_first_response_time_minutes end,
                'leads_never_contacted', case when 'leads_never_contacted' = any(p_columns) then f.leads_never_contacted end,
                'never_contacted_rate', case when 'never_contacted_rate' = any(p_columns) then f.never_contacted_rate end,
                'won_leads', case when 'won_leads' = any(p_columns) then f.won_leads end,
                'conversion_rate', case when 'conversion_rate' = any(p_columns) then f.conversion_rate end,
                'leads_worked', case when 'leads_worked' = any(p_columns) then f.leads_worked end,
                'activities', case when 'activities' = any(p_columns) then f.activities end,
                'activities_per_lead', case when 'activities_per_lead' = any(p_columns) then f.activities_per_lead end,
                'tasks_created', case when 'tasks_created' = any(p_columns) then f.tasks_created end,
                'tasks_created_completed', case when 'tasks_created_completed' = any(p_columns) then f.tasks_created_completed end,
                'tasks_completed', case when 'tasks_completed' = any(p_columns) then f.tasks_completed end,
                'task_completion_rate', case when 'task_completion_rate' = any(p_columns) then f.task_completion_rate end,
                'campaign_leads_sent', case when 'campaign_leads_sent' = any(p_columns) then f.campaign_leads_sent end,
                'campaign_opens', case when 'campaign_opens' = any(p_columns) then f.campaign_opens end,
                'campaign_machine_opens', case when 'campaign_machine_opens' = any(p_columns) then f.campaign_machine_opens end,
                'campaign_clicks', case when 'campaign_clicks' = any(p_columns) then f.campaign_clicks end,
                'campaign_replies', case when 'campaign_replies' = any(p_columns) then f.campaign_replies end,
                'campaign_bounces', case when 'campaign_bounces' = any(p_columns) then f.campaign_bounces end,
                'campaign_open_rate', case when 'campaign_open_rate' = any(p_columns) then f.campaign_open_rate end,
                'campaign_reply_rate', case when 'campaign_reply_rate' = any(p_columns) then f.campaign_reply_rate end,
                'campaign_bounce_rate', case when 'campaign_bounce_rate' = any(p_columns) then f.campaign_bounce_rate end
            )
        from metrics.rep_performance(
            p_workspace_id, v_today - 2 * p_days + 1, v_today - p_days + 1
        ) as f
        where f.user_id = any(v_people);
    end loop;
end
$$;
alter function metrics.rep_previous(uuid, integer, text[]) owner to leadboard_rollup;
grant execute on function metrics.rep_previous(uuid, integer, text[]) to leadboard_view;

comment on function metrics.rep_previous(uuid, integer, text[]) is
'Figures by name of every active member for the local days before the last so many; only the columns asked for.';
