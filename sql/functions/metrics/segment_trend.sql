-- How one segment did per local day, ISO week or month, the present one (to date) last.
-- Grain: one row per bucket, zero-filled, oldest first. Event by send day, as
-- metrics.segment_performance.
-- p_bucket: day, week or month. p_today is the last local day. Rates are unrounded; NULL where
-- nothing was sent.
create function metrics.segment_trend(
    p_workspace_id uuid,
    p_segment_id uuid,
    p_bucket text,
    p_periods integer,
    p_today date,
    p_owner_ids uuid[] default null
)
returns table (
    from_day date,
    to_day date,
    leads_sent bigint,
    opened bigint,
    clicked bigint,
    replied bigint,
    bounced bigint,
    converted bigint,
    recomputed bigint,
    open_rate numeric,
    click_rate numeric,
    reply_rate numeric,
    reply_rate_low numeric,
    reply_rate_high numeric,
    bounce_rate numeric,
    conversion_rate numeric,
    avg_reply_hours numeric
)
language sql
stable
parallel safe
as $$
    with buckets as (
        select
            (date_trunc(p_bucket, p_today::timestamp) - s.step * n.ago)::date as from_day,
            least(
                (date_trunc(p_bucket, p_today::timestamp) - s.step * (n.ago - 1))::date, p_today + 1
            ) as to_day
        from (select ('1 ' || p_bucket)::interval) as s (step)
        cross join generate_series(p_periods - 1, 0, -1) as n (ago)
    ),

    sendings as (
        select
            date_trunc(p_bucket, d.day::timestamp)::date as from_day,
            sum(d.sent) as sent,
            sum(d.opened) as opened,
            sum(d.clicked) as clicked,
            sum(d.replied) as replied,
            sum(d.bounced) as bounced,
            sum(d.converted) as converted,
            sum(d.recomputed) as recomputed,
            sum(d.reply_seconds) as reply_seconds
        from rollup.segment_day as d
        where
            d.workspace_id = p_workspace_id
            and d.segment_id = p_segment_id
            and d.day >= (select min(b.from_day) from buckets as b)
            and d.day <= p_today
            and (p_owner_ids is null or d.subject_id = any(p_owner_ids))
        group by date_trunc(p_bucket, d.day::timestamp)::date
    )

    select
        b.from_day,
        b.to_day,
        coalesce(s.sent, 0)::bigint as leads_sent,
        coalesce(s.opened, 0)::bigint as opened,
        coalesce(s.clicked, 0)::bigint as clicked,
        coalesce(s.replied, 0)::bigint as replied,
        coalesce(s.bounced, 0)::bigint as bounced,
        coalesce(s.converted, 0)::bigint as converted,
        coalesce(s.recomputed, 0)::bigint as recomputed,
        s.opened / nullif(s.sent, 0) as open_rate,
        s.clicked / nullif(s.sent, 0) as click_rate,
        s.replied / nullif(s.sent, 0) as reply_rate,
        scoring.wilson_low(s.replied, s.sent) as reply_rate_low,
        scoring.wilson_high(s.replied, s.sent) as reply_rate_high,
        s.bounced / nullif(s.sent, 0) as bounce_rate,
        s.converted / nullif(s.sent, 0) as conversion_rate,
        s.reply_seconds / nullif(s.replied, 0) / 3600 as avg_reply_hours
    from buckets as b
    left join sendings as s on s.from_day = b.from_day
    order by b.from_day
$$;
alter function metrics.segment_trend(uuid, uuid, text, integer, date, uuid[])
owner to leadboard_rollup;
grant execute on function metrics.segment_trend(uuid, uuid, text, integer, date, uuid[])
to leadboard_view;

comment on function metrics.segment_trend(uuid, uuid, text, integer, date, uuid[]) is
'One segment per local day, ISO week or month [from_day, to_day), zero-filled, oldest first.';
