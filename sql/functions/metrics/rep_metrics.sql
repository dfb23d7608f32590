-- What a leaderboard can be sorted by: what every workspace has, and the workspace's own metrics.
-- All are expressions of the same closed form (metrics.expression_faults).
-- Grain: one row per key. version is that of the definition, 0 for what every workspace has.
-- Reads: crm.custom_metrics, by the caller's policies.
create function metrics.rep_metrics(p_workspace_id uuid)
returns table (key text, title text, expression jsonb, is_lower_better boolean, version integer)
language sql
stable
parallel safe
as $$
    select
        b.key,
        b.title,
        b.expression::jsonb,
        false as is_lower_better,
        0 as version
    from (
        values
        ('replies', 'Replies', '{"op": "sum", "columns": ["campaign_replies"]}'),
        ('leads_worked', 'Leads worked', '{"op": "sum", "columns": ["leads_worked"]}'),
        ('tasks_completed', 'Tasks completed', '{"op": "sum", "columns": ["tasks_completed"]}'),
        ('new_leads', 'New leads', '{"op": "sum", "columns": ["new_leads_owned"]}'),
        (
            'reply_rate', 'Reply rate',
            '{"op": "ratio", "numerator": "campaign_replies", "denominator": "campaign_leads_sent"}'
        ),
        (
            'conversion_rate', 'Conversion rate',
            '{"op": "ratio", "numerator": "won_leads", "denominator": "new_leads_owned"}'
        )
    ) as b (key, title, expression)
    union all
    select
        c.key,
        c.title,
        c.expression,
        c.is_lower_better,
        c.version
    from crm.custom_metrics as c
    where c.workspace_id = p_workspace_id
$$;
alter function metrics.rep_metrics(uuid) owner to leadboard_view;
grant execute on function metrics.rep_metrics(uuid) to leadboard_owner;

comment on function metrics.rep_metrics(uuid) is
'What a leaderboard of the workspace can be sorted by: built-in and custom metrics, as expressions.';
