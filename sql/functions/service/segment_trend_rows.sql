-- metrics.segment_trend up to today in the zone of the workspace, over the recipients the caller
-- may see; rates rounded to four decimals, hours to two.
create function service.segment_trend_rows(
    p_workspace_id uuid, p_segment_id uuid, p_bucket text, p_periods integer
)
returns table (from_day date, body json)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        t.from_day,
        json_build_object(
            'from_day', t.from_day,
            'to_day', t.to_day,
            'leads_sent', t.leads_sent,
            'opened', t.opened,
            'clicked', t.clicked,
            'replied', t.replied,
            'bounced', t.bounced,
            'converted', t.converted,
            'recomputed', t.recomputed,
            'open_rate', round(t.open_rate, 4),
            'click_rate', round(t.click_rate, 4),
            'reply_rate', round(t.reply_rate, 4),
            'reply_rate_low', round(t.reply_rate_low, 4),
            'reply_rate_high', round(t.reply_rate_high, 4),
            'bounce_rate', round(t.bounce_rate, 4),
            'conversion_rate', round(t.conversion_rate, 4),
            'avg_reply_hours', round(t.avg_reply_hours, 2)
        )
    from crm.workspaces as w
    cross join lateral metrics.segment_trend(
        w.workspace_id,
        p_segment_id,
        p_bucket,
        p_periods,
        app.today(w.timezone),
        service.segment_owners(w.workspace_id)
    ) as t
    where w.workspace_id = p_workspace_id
$$;
alter function service.segment_trend_rows(uuid, uuid, text, integer) owner to leadboard_view;
grant execute on function service.segment_trend_rows(uuid, uuid, text, integer) to leadboard_api;

comment on function service.segment_trend_rows(uuid, uuid, text, integer) is
'One segment per local day, ISO week or month as finished JSON, over the recipients the caller may see.';
