-- GET /agent/analytics/revenue-trends: the caller's revenue by day (30), ISO week (12) or month
-- (12); the best of them (the earliest where several are equal, null where none is above 0); the
-- month so far and its change against the same number of days of the month before.
create function service.agent_revenue_trends(
    p_user_id uuid, p_etag text, p_workspace_id uuid, p_period text
)
returns table (etag text, body json)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v record;
begin
    v := service.enter_agent(p_user_id, p_workspace_id);
    etag := service.etag(
        'agent-revenue-trends', v.version::text, v.workspace_id::text, p_user_id::text,
        v.today::text, p_period
    );
    if service.is_known(p_etag, etag) then
        return next;
        return;
    end if;
    with data as (
        select
            t.bucket,
            t.revenue
        from metrics.revenue_trend(
            v.workspace_id,
            p_user_id,
            case p_period when 'daily' then 'day' when 'weekly' then 'week' else 'month' end,
            case p_period when 'daily' then 30 else 12 end,
            v.today
        ) as t
    )

    select
        json_build_object(
            'period', p_period,
            'data', (
                select
                    json_agg(
                        json_build_object(
                            'date', d.bucket, 'revenue', trim_scale(round(d.revenue, 2))
                        )
                        order by d.bucket
                    )
                from data as d
            ),
            'insights', json_build_object(
                'bestDay', (
                    select
                        json_build_object(
                            'date', d.bucket, 'revenue', trim_scale(round(d.revenue, 2))
                        )
                    from data as d
                    where d.revenue > 0
                    order by d.revenue desc, d.bucket
                    limit 1
                ),
                'monthTotal', trim_scale(round(m.revenue, 2)),
                'monthChange', metrics.change_percent(m.revenue, m.previous_revenue),
                'previousMonthTotal', trim_scale(round(m.previous_revenue, 2)),
                'new', m.revenue <> 0 and m.previous_revenue = 0
            )
        )
    into body
    from metrics.month_revenue(v.workspace_id, p_user_id, v.today) as m;
    return next;
end
$$;
alter function service.agent_revenue_trends(uuid, text, uuid, text) owner to leadboard_view;
grant execute on function service.agent_revenue_trends(uuid, text, uuid, text) to leadboard_api;

comment on function service.agent_revenue_trends(uuid, text, uuid, text) is
'GET /agent/analytics/revenue-trends: the caller''s own revenue per day, week or month, the best of them, and the month so far.';
