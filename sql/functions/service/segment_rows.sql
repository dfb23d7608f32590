-- What the addresses about segments say of each: figures of the last p_days local days over the
-- recipients the caller may see.
-- Grain: one row per segment of the workspace; of p_segment_ids where given.
-- Reads: stats.segment_performance_stats for whole workspaces at the stored windows, else
-- metrics.segment_window, which is the definition of both.
-- Rounded here and nowhere else: rates are fractions of four decimals, hours have two.
-- probability_best is the probability to have the highest reply rate: among p_segment_ids where
-- given, else with p_with_chances among the ranked, at most the 20 first; else, and for those
-- beyond, NULL.
create function service.segment_rows(
    p_workspace_id uuid, p_days integer, p_segment_ids uuid[], p_with_chances boolean
)
returns table (
    segment_id uuid,
    segment_name text,
    is_active boolean,
    open_position bigint,
    reply_position bigint,
    body json
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
#variable_conflict use_column
declare
    v_owners uuid[] := service.segment_owners(p_workspace_id);
    v_is_stored boolean := v_owners is null and p_days in (7, 30, 90, 365);
begin
    -- A segment that is younger than the stored rows is not missing.
    v_is_stored := v_is_stored and not exists (
        select from crm.segments as g
        where
            g.workspace_id = p_workspace_id
            and not exists (
                select from stats.segment_performance_stats as s
                where
                    s.workspace_id = g.workspace_id
                    and s.window_days = p_days
                    and s.segment_id = g.id
            )
    );
    return query
    with figures as materialized (
        select f.*
        from (
            select
                s.workspace_id,
                s.segment_id,
                s.leads_sent,
                s.delivered,
                s.opened,
                s.machine_opened,
                s.clicked,
                s.replied,
                s.bounced,
                s.converted,
                s.recomputed,
                s.open_rate,
                s.open_rate_low,
                s.open_rate_high,
                s.click_rate,
                s.reply_rate,
                s.reply_rate_low,
                s.reply_rate_high,
                s.bounce_rate,
                s.conversion_rate,
                s.avg_reply_hours,
                s.prior_reply_rate,
                s.shrunk_open_rate,
                s.shrunk_reply_rate,
                s.is_provisional,
                s.open_rank,
                s.reply_rank,
                s.ranked_segments,
                s.open_position,
                s.reply_position,
                s.best_hour,
                s.best_hour_sent,
                s.best_hour_replied,
                s.best_weekday,
                s.best_weekday_sent,
                s.best_weekday_replied,
                s.as_of
            from stats.segment_performance_stats as s
            where v_is_stored and s.workspace_id = p_workspace_id and s.window_days = p_days
            union all
            select
                s.workspace_id,
                s.segment_id,
                s.leads_sent,
                s.delivered,
                s.opened,
                s.machine_opened,
                s.clicked,
                s.replied,
                s.bounced,
                s.converted,
                s.recomputed,
                s.open_rate,
                s.open_rate_low,
                s.open_rate_high,
                s.click_rate,
                s.reply_rate,
                s.reply_rate_low,
                s.reply_rate_high,
                s.bounce_rate,
                s.conversion_rate,
                s.avg_reply_hours,
                s.prior_reply_rate,
                s.shrunk_open_rate,
                s.shrunk_reply_rate,
                s.is_provisional,
                s.open_rank,
                s.reply_rank,
                s.ranked_segments,
                s.open_position,
                s.reply_position,
                s.best_hour,
                s.best_hour_sent,
                s.best_hour_replied,
                s.best_weekday,
                s.best_weekday_sent,
                s.best_weekday_replied,
                r.last_success_at as as_of
            from metrics.segment_window(p_workspace_id, p_days, v_owners) as s
            left join ops.refresh_state as r on r.name = 'rollup'
            where not v_is_stored
        ) as f
        where p_segment_ids is null or f.segment_id = any(p_segment_ids)
    ),

    compared as (
        select
            array_agg(f.segment_id order by f.segment_id) as segment_ids,
            array_agg(f.replied order by f.segment_id) as hits,
            array_agg(f.leads_sent order by f.segment_id) as trials,
            max(f.prior_reply_rate) as prior
        from figures as f
        where
            p_segment_ids is not null
            or (p_with_chances and f.reply_rank is not null and f.reply_position <= 20)
    ),

    chances as (
        select
            u.segment_id,
            u.chance
        from compared as c
        cross join lateral unnest(
            c.segment_ids, scoring.best_probabilities(c.hits, c.trials, c.prior)
        ) as u (segment_id, chance)
    )

    select
        f.segment_id,
        g.name,
        g.archived_at is null,
        f.open_position,
        f.reply_position,
        (
            select row_to_json(r)
            from (
                select
                    f.segment_id,
                    g.name as segment_name,
                    f.leads_sent,
                    f.opened,
                    f.replied,
                    f.bounced,
                    round(f.open_rate, 4) as open_rate,
                    round(f.reply_rate, 4) as reply_rate,
                    round(f.bounce_rate, 4) as bounce_rate,
                    f.delivered,
                    f.machine_opened,
                    f.clicked,
                    f.converted,
                    f.recomputed,
                    round(f.click_rate, 4) as click_rate,
                    round(f.conversion_rate, 4) as conversion_rate,
                    round(f.avg_reply_hours, 2) as avg_reply_hours,
                    round(f.open_rate_low, 4) as open_rate_low,
                    round(f.open_rate_high, 4) as open_rate_high,
                    round(f.reply_rate_low, 4) as reply_rate_low,
                    round(f.reply_rate_high, 4) as reply_rate_high,
                    round(f.shrunk_open_rate, 4) as shrunk_open_rate,
                    round(f.shrunk_reply_rate, 4) as shrunk_reply_rate,
                    f.open_rank,
                    f.reply_rank,
                    f.ranked_segments,
                    f.is_provisional,
                    round(c.chance, 4) as probability_best,
                    f.best_hour,
                    f.best_hour_sent,
                    round(f.best_hour_replied / nullif(f.best_hour_sent, 0)::numeric, 4)
                        as best_hour_reply_rate,
                    f.best_weekday,
                    f.best_weekday_sent,
                    round(f.best_weekday_replied / nullif(f.best_weekday_sent, 0)::numeric, 4)
                        as best_weekday_reply_rate,
                    g.version,
                    g.archived_at,
                    f.as_of
            ) as r
        )
    from figures as f
    inner join crm.segments as g on g.workspace_id = f.workspace_id and g.id = f.segment_id
    left join chances as c on c.segment_id = f.segment_id;
end
$$;
alter function service.segment_rows(uuid, integer, uuid[], boolean) owner to leadboard_view;
grant execute on function service.segment_rows(uuid, integer, uuid[], boolean) to leadboard_api;

comment on function service.segment_rows(uuid, integer, uuid[], boolean) is
'One row per segment: places in the lists, and the finished JSON of the figures over the recipients the caller may see.';
