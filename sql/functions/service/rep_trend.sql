-- The trend of one person as JSON, for people who are the caller's to see by role; NULL for others.
-- Definer for the reason of service.rep_details. Rounded here: percents and minutes to one decimal.
create function service.rep_trend(
    p_workspace_id uuid, p_user_id uuid, p_bucket text, p_periods integer
)
returns json
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        (
            select json_agg(row_to_json(j) order by j.from_day)
            from (
                select
                    t.from_day,
                    t.to_day,
                    t.is_complete,
                    t.new_leads_owned,
                    t.leads_worked,
                    t.activities,
                    t.tasks_created,
                    t.tasks_completed,
                    metrics.percent(t.tasks_created_completed, t.tasks_created) as task_completion_rate,
                    t.campaign_leads_sent,
                    t.campaign_opens,
                    t.campaign_replies,
                    t.campaign_bounces,
                    metrics.percent(t.campaign_replies, t.campaign_leads_sent) as campaign_reply_rate,
                    metrics.percent(t.campaign_opens, t.campaign_leads_sent) as campaign_open_rate,
                    metrics.percent(t.campaign_bounces, t.campaign_leads_sent) as campaign_bounce_rate,
                    t.won_leads,
                    metrics.percent(t.won_leads, t.new_leads_owned) as conversion_rate,
                    round(t.avg_first_response_time_minutes, 1) as avg_first_response_time_minutes
                from metrics.rep_trend(p_workspace_id, p_user_id, p_bucket, p_periods) as t
            ) as j
        )
    from stats.people as p
    where
        p.workspace_id = p_workspace_id
        and p.user_id = p_user_id
        and p.is_active
        and p.workspace_id = any(app.member_workspaces())
        and (
            p.workspace_id = any(app.admin_workspaces())
            or p.user_id = app.current_user_id()
            or p.branch_id = any(app.managed_branches())
        )
$$;
alter function service.rep_trend(uuid, uuid, text, integer) owner to leadboard_view;
grant execute on function service.rep_trend(uuid, uuid, text, integer) to leadboard_api;

comment on function service.rep_trend(uuid, uuid, text, integer) is
'Trend of one person''s figures, oldest first; null for people who are not the caller''s to see.';
