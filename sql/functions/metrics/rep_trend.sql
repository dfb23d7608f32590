-- Rep performance of one person in calendar buckets: ISO weeks or months, the last p_periods of
-- them, the current one included.
-- Grain: one row per bucket, oldest first. The current bucket ends after the person's today and is
-- not complete.
-- Reads: metrics.rep_performance, once per bucket.
-- Definer: reads everything of the person, for the functions of leadboard_view, which ask first
-- whose figures the caller may see.
create function metrics.rep_trend(
    p_workspace_id uuid, p_user_id uuid, p_bucket text, p_periods integer
)
returns table (
    from_day date,
    to_day date,
    is_complete boolean,
    new_leads_owned bigint,
    leads_worked bigint,
    activities bigint,
    tasks_created bigint,
    tasks_created_completed bigint,
    tasks_completed bigint,
    campaign_leads_sent bigint,
    campaign_opens bigint,
    campaign_replies bigint,
    campaign_bounces bigint,
    won_leads bigint,
    avg_first_response_time_minutes numeric
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_today date;
    v_from date;
    v_step constant interval := case p_bucket when 'week' then interval '7 days' else interval '1 month' end;
begin
    select app.today(r.zone) into v_today
    from metrics.reps(p_workspace_id) as r
    where r.user_id = p_user_id;
    if not found then
        return;
    end if;

    for v_from in
        select (date_trunc(p_bucket, v_today::timestamp) - g.n * v_step)::date
        from generate_series(p_periods - 1, 0, -1) as g (n)
    loop
        from_day := v_from;
        to_day := least((v_from + v_step)::date, v_today + 1);
        return query
        select
            from_day,
            to_day,
            v_from + v_step <= v_today + 1,
            f.new_leads_owned,
            f.leads_worked,
            f.activities,
            f.tasks_created,
            f.tasks_created_completed,
            f.tasks_completed,
            f.campaign_leads_sent,
            f.campaign_opens,
            f.campaign_replies,
            f.campaign_bounces,
            f.won_leads,
            f.avg_first_response_time_minutes
        from metrics.rep_performance(p_workspace_id, from_day, to_day) as f
        where f.user_id = p_user_id;
    end loop;
end
$$;
alter function metrics.rep_trend(uuid, uuid, text, integer) owner to leadboard_rollup;
grant execute on function metrics.rep_trend(uuid, uuid, text, integer) to leadboard_view;

comment on function metrics.rep_trend(uuid, uuid, text, integer) is
'Rep figures of one person for the last so many ISO weeks or months, the current one so far included.';
