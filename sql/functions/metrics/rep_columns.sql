-- The columns of rep performance that a metric may be made of: a closed list. Counts are whole
-- numbers and may stand in a ratio, which is then shrunk for ranking; rates (0-1) and means may
-- not.
-- Grain: one row per column.
create function metrics.rep_columns()
returns table (name text, is_count boolean)
language sql
immutable
parallel safe
as $$
    select
        c.name,
        c.is_count
    from (
        values
        ('new_leads_owned', true),
        ('leads_contacted', true),
        ('leads_never_contacted', true),
        ('won_leads', true),
        ('leads_worked', true),
        ('activities', true),
        ('tasks_created', true),
        ('tasks_created_completed', true),
        ('tasks_completed', true),
        ('campaign_leads_sent', true),
        ('campaign_opens', true),
        ('campaign_machine_opens', true),
        ('campaign_clicks', true),
        ('campaign_replies', true),
        ('campaign_bounces', true),
        ('avg_first_response_time_minutes', false),
        ('never_contacted_rate', false),
        ('conversion_rate', false),
        ('activities_per_lead', false),
        ('task_completion_rate', false),
        ('campaign_open_rate', false),
        ('campaign_reply_rate', false),
        ('campaign_bounce_rate', false)
    ) as c (name, is_count)
$$;
alter function metrics.rep_columns() owner to leadboard_view;
grant execute on function metrics.rep_columns() to leadboard_owner, leadboard_rollup;

comment on function metrics.rep_columns() is
'Columns of rep performance that a custom metric may use; counts may stand in a ratio.';
