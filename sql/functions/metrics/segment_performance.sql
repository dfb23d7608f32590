-- How segments did in a window of local days [p_from_day, p_to_day): METRICS section 4.
-- Grain: one row per segment of the workspace, archived ones too, with zeros and NULL where nothing
-- was sent.
-- Event by send day: recipients (campaign and lead) sent to in the window, by the segments they
-- were in when sent to, whatever happened to them since. A lead may be in several segments: the
-- rows do not add up to anything.
-- Reads: rollup.segment_hour, or segment_day for some owners; rollup.campaign_day for the prior,
-- the rate of everything sent in the window, which counts each recipient once; crm.segments for
-- names.
-- p_owner_ids null means every owner at send and nobody; else the recipients of these.
--
-- Ranked are active segments with 20 or more recipients, by the shrunk rate; equal ones share a
-- rank. *_position is the place in a list: ranked ones first, then provisional ones (fewer than
-- 20), each by shrunk rate, then larger number sent, name, id; null for archived segments and those
-- that nothing was sent to. Shrunk rates are compared to twelve decimals, because a quotient has no
-- exact end.
-- Hours and weekdays are compared by their shrunk reply rates, those with 20 or more sent; equal
-- ones by larger number sent, then the earlier one. NULL when none has 20.
create function metrics.segment_performance(
    p_workspace_id uuid, p_from_day date, p_to_day date, p_owner_ids uuid[] default null
)
returns table (
    workspace_id uuid,
    segment_id uuid,
    leads_sent bigint,
    delivered bigint,
    opened bigint,
    machine_opened bigint,
    clicked bigint,
    replied bigint,
    bounced bigint,
    converted bigint,
    recomputed bigint,
    open_rate numeric,
    open_rate_low numeric,
    open_rate_high numeric,
    click_rate numeric,
    reply_rate numeric,
    reply_rate_low numeric,
    reply_rate_high numeric,
    bounce_rate numeric,
    conversion_rate numeric,
    reply_seconds numeric,
    avg_reply_hours numeric,
    prior_open_rate numeric,
    prior_reply_rate numeric,
    shrunk_open_rate numeric,
    shrunk_reply_rate numeric,
    is_provisional boolean,
    open_rank bigint,
    reply_rank bigint,
    ranked_segments bigint,
    open_position bigint,
    reply_position bigint,
    best_hour integer,
    best_hour_sent bigint,
    best_hour_replied bigint,
    best_weekday integer,
    best_weekday_sent bigint,
    best_weekday_replied bigint
)
language sql
stable
parallel safe
as $$
    with sendings as materialized (
        select
            d.segment_id,
            d.hour::integer as hour,
            metrics.weekday(d.day) as weekday,
            sum(d.sent) as sent,
            sum(d.delivered) as delivered,
            sum(d.opened) as opened,
            sum(d.machine_opened) as machine_opened,
            sum(d.clicked) as clicked,
            sum(d.replied) as replied,
            sum(d.bounced) as bounced,
            sum(d.converted) as converted,
            sum(d.recomputed) as recomputed,
            sum(d.reply_seconds) as reply_seconds
        from (
            select
                h.day,
                h.segment_id,
                h.hour,
                h.sent,
                h.delivered,
                h.opened,
                h.machine_opened,
                h.clicked,
                h.replied,
                h.bounced,
                h.converted,
                h.recomputed,
                h.reply_seconds
            from rollup.segment_hour as h
            where
                p_owner_ids is null
                and h.workspace_id = p_workspace_id
                and h.day >= p_from_day
                and h.day < p_to_day
            union all
            select
                o.day,
                o.segment_id,
                o.hour,
                o.sent,
                o.delivered,
                o.opened,
                o.machine_opened,
                o.clicked,
                o.replied,
                o.bounced,
                o.converted,
                o.recomputed,
                o.reply_seconds
            from rollup.segment_day as o
            where
                o.workspace_id = p_workspace_id
                and o.day >= p_from_day
                and o.day < p_to_day
                and o.subject_id = any(p_owner_ids)
        ) as d
        group by d.segment_id, d.hour, metrics.weekday(d.day)
    ),

    prior as materialized (
        select
            sum(d.opened) / nullif(sum(d.sent), 0) as open_rate,
            sum(d.replied) / nullif(sum(d.sent), 0) as reply_rate
        from rollup.campaign_day as d
        where
            d.workspace_id = p_workspace_id
            and d.day >= p_from_day
            and d.day < p_to_day
            and (p_owner_ids is null or d.subject_id = any(p_owner_ids))
    ),

    totals as (
        select
            s.segment_id,
            sum(s.sent) as sent,
            sum(s.delivered) as delivered,
            sum(s.opened) as opened,
            sum(s.machine_opened) as machine_opened,
            sum(s.clicked) as clicked,
            sum(s.replied) as replied,
            sum(s.bounced) as bounced,
            sum(s.converted) as converted,
            sum(s.recomputed) as recomputed,
            sum(s.reply_seconds) as reply_seconds
        from sendings as s
        group by s.segment_id
    ),

    hours as (
        select distinct on (h.segment_id)
            h.segment_id,
            h.hour,
            h.sent,
            h.replied
        from (
            select
                s.segment_id,
                s.hour,
                sum(s.sent) as sent,
                sum(s.replied) as replied
            from sendings as s
            group by s.segment_id, s.hour
            having sum(s.sent) >= 20
        ) as h
        cross join prior as p
        order by
            h.segment_id,
            round(scoring.shrunk_rate(h.replied, h.sent, p.reply_rate), 12) desc,
            h.sent desc,
            h.hour
    ),

    weekdays as (
        select distinct on (h.segment_id)
            h.segment_id,
            h.weekday,
            h.sent,
            h.replied
        from (
            select
                s.segment_id,
                s.weekday,
                sum(s.sent) as sent,
                sum(s.replied) as replied
            from sendings as s
            group by s.segment_id, s.weekday
            having sum(s.sent) >= 20
        ) as h
        cross join prior as p
        order by
            h.segment_id,
            round(scoring.shrunk_rate(h.replied, h.sent, p.reply_rate), 12) desc,
            h.sent desc,
            h.weekday
    ),

    side_by_side as (
        select
            g.workspace_id,
            g.id as segment_id,
            g.name,
            g.archived_at is null as is_active,
            coalesce(t.sent, 0) as sent,
            coalesce(t.delivered, 0) as delivered,
            coalesce(t.opened, 0) as opened,
            coalesce(t.machine_opened, 0) as machine_opened,
            coalesce(t.clicked, 0) as clicked,
            coalesce(t.replied, 0) as replied,
            coalesce(t.bounced, 0) as bounced,
            coalesce(t.converted, 0) as converted,
            coalesce(t.recomputed, 0) as recomputed,
            coalesce(t.reply_seconds, 0) as reply_seconds,
            p.open_rate as prior_open_rate,
            p.reply_rate as prior_reply_rate,
            scoring.shrunk_rate(t.opened, t.sent, p.open_rate) as shrunk_open_rate,
            scoring.shrunk_rate(t.replied, t.sent, p.reply_rate) as shrunk_reply_rate,
            h.hour,
            h.sent as hour_sent,
            h.replied as hour_replied,
            d.weekday,
            d.sent as weekday_sent,
            d.replied as weekday_replied
        from crm.segments as g
        cross join prior as p
        left join totals as t on t.segment_id = g.id
        left join hours as h on h.segment_id = g.id
        left join weekdays as d on d.segment_id = g.id
        where g.workspace_id = p_workspace_id
    ),

    grouped as (
        select
            s.workspace_id,
            s.segment_id,
            s.name,
            s.sent,
            s.delivered,
            s.opened,
            s.machine_opened,
            s.clicked,
            s.replied,
            s.bounced,
            s.converted,
            s.recomputed,
            s.reply_seconds,
            s.prior_open_rate,
            s.prior_reply_rate,
            s.shrunk_open_rate,
            s.shrunk_reply_rate,
            s.hour,
            s.hour_sent,
            s.hour_replied,
            s.weekday,
            s.weekday_sent,
            s.weekday_replied,
            round(s.shrunk_open_rate, 12) as open_key,
            round(s.shrunk_reply_rate, 12) as reply_key,
            case
                when not s.is_active or s.sent = 0 then 'unlisted'
                when s.sent < 20 then 'provisional'
                else 'ranked'
            end as standing
        from side_by_side as s
    )

    select
        f.workspace_id,
        f.segment_id,
        f.sent::bigint as leads_sent,
        f.delivered::bigint as delivered,
        f.opened::bigint as opened,
        f.machine_opened::bigint as machine_opened,
        f.clicked::bigint as clicked,
        f.replied::bigint as replied,
        f.bounced::bigint as bounced,
        f.converted::bigint as converted,
        f.recomputed::bigint as recomputed,
        f.opened / nullif(f.sent, 0) as open_rate,
        scoring.wilson_low(f.opened, f.sent) as open_rate_low,
        scoring.wilson_high(f.opened, f.sent) as open_rate_high,
        f.clicked / nullif(f.sent, 0) as click_rate,
        f.replied / nullif(f.sent, 0) as reply_rate,
        scoring.wilson_low(f.replied, f.sent) as reply_rate_low,
        scoring.wilson_high(f.replied, f.sent) as reply_rate_high,
        f.bounced / nullif(f.sent, 0) as bounce_rate,
        f.converted / nullif(f.sent, 0) as conversion_rate,
        f.reply_seconds,
        f.reply_seconds / nullif(f.replied, 0) / 3600 as avg_reply_hours,
        f.prior_open_rate,
        f.prior_reply_rate,
        f.shrunk_open_rate,
        f.shrunk_reply_rate,
        f.sent between 1 and 19 as is_provisional,
        case
            when f.standing = 'ranked'
                then rank() over (partition by f.standing order by f.open_key desc)
        end as open_rank,
        case
            when f.standing = 'ranked'
                then rank() over (partition by f.standing order by f.reply_key desc)
        end as reply_rank,
        count(*) filter (where f.standing = 'ranked') over () as ranked_segments,
        case
            when f.standing <> 'unlisted'
                then row_number() over (
                    partition by f.standing = 'unlisted'
                    order by f.standing desc, f.open_key desc, f.sent desc, f.name, f.segment_id
                )
        end as open_position,
        case
            when f.standing <> 'unlisted'
                then row_number() over (
                    partition by f.standing = 'unlisted'
                    order by f.standing desc, f.reply_key desc, f.sent desc, f.name, f.segment_id
                )
        end as reply_position,
        f.hour as best_hour,
        f.hour_sent::bigint as best_hour_sent,
        f.hour_replied::bigint as best_hour_replied,
        f.weekday as best_weekday,
        f.weekday_sent::bigint as best_weekday_sent,
        f.weekday_replied::bigint as best_weekday_replied
    from grouped as f
$$;
alter function metrics.segment_performance(uuid, date, date, uuid[]) owner to leadboard_rollup;
grant execute on function metrics.segment_performance(uuid, date, date, uuid[]) to leadboard_view;

comment on function metrics.segment_performance(uuid, date, date, uuid[]) is
'Segment figures of a workspace for the window of local days [from, to): one row per segment, rates unrounded with numerators and denominators, ranks by shrunk rate, best local hour (0-23) and weekday (1 Monday to 7 Sunday) to send; for the recipients of the given owners at send, null for all.';
