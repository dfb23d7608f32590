-- The campaigns that were sent to one segment in the window of local days [p_from_day, p_to_day),
-- by A/B variant, with a test of each variant against the campaign's first one (by name).
-- Grain: one row per campaign and variant. Variants of different campaigns are different messages
-- and are not added up.
-- The test is that of two proportions (scoring.two_proportion_p) over the reply rates. With more
-- than two variants the level of 5 % is divided by the number of comparisons (Bonferroni), so that
-- many variants do not make a winner by chance. verdict: not_enough_data, no_difference, better,
-- worse (than the first variant); null for the first variant itself.
create function metrics.segment_variants(
    p_workspace_id uuid,
    p_segment_id uuid,
    p_from_day date,
    p_to_day date,
    p_owner_ids uuid[] default null
)
returns table (
    campaign_id uuid,
    variant text,
    baseline text,
    leads_sent bigint,
    opened bigint,
    clicked bigint,
    replied bigint,
    bounced bigint,
    converted bigint,
    reply_rate numeric,
    reply_rate_low numeric,
    reply_rate_high numeric,
    difference numeric,
    p_value numeric,
    verdict text,
    last_day date
)
language sql
stable
parallel safe
as $$
    with sendings as (
        select
            d.campaign_id,
            d.variant,
            sum(d.sent) as sent,
            sum(d.opened) as opened,
            sum(d.clicked) as clicked,
            sum(d.replied) as replied,
            sum(d.bounced) as bounced,
            sum(d.converted) as converted,
            max(d.day) as last_day
        from rollup.segment_day as d
        where
            d.workspace_id = p_workspace_id
            and d.segment_id = p_segment_id
            and d.day >= p_from_day
            and d.day < p_to_day
            and (p_owner_ids is null or d.subject_id = any(p_owner_ids))
        group by d.campaign_id, d.variant
    ),

    side_by_side as (
        select
            s.campaign_id,
            s.variant,
            s.sent,
            s.opened,
            s.clicked,
            s.replied,
            s.bounced,
            s.converted,
            s.last_day,
            first_value(s.variant) over by_name as baseline,
            first_value(s.sent) over by_name as baseline_sent,
            first_value(s.replied) over by_name as baseline_replied,
            count(*) over (partition by s.campaign_id) - 1 as comparisons
        from sendings as s
        window by_name as (partition by s.campaign_id order by s.variant)
    ),

    tested as (
        select
            s.campaign_id,
            s.variant,
            s.sent,
            s.opened,
            s.clicked,
            s.replied,
            s.bounced,
            s.converted,
            s.last_day,
            s.baseline,
            s.baseline_sent,
            s.baseline_replied,
            s.comparisons,
            scoring.is_enough_to_compare(s.replied, s.sent, s.baseline_replied, s.baseline_sent)
                as is_enough,
            scoring.two_proportion_p(s.replied, s.sent, s.baseline_replied, s.baseline_sent) as p_value
        from side_by_side as s
    )

    select
        t.campaign_id,
        t.variant,
        t.baseline,
        t.sent::bigint as leads_sent,
        t.opened::bigint as opened,
        t.clicked::bigint as clicked,
        t.replied::bigint as replied,
        t.bounced::bigint as bounced,
        t.converted::bigint as converted,
        t.replied / nullif(t.sent, 0) as reply_rate,
        scoring.wilson_low(t.replied, t.sent) as reply_rate_low,
        scoring.wilson_high(t.replied, t.sent) as reply_rate_high,
        case
            when t.variant <> t.baseline
                then t.replied / nullif(t.sent, 0) - t.baseline_replied / nullif(t.baseline_sent, 0)
        end as difference,
        case when t.variant <> t.baseline and t.is_enough then t.p_value end as p_value,
        case
            when t.variant = t.baseline then null
            when not t.is_enough then 'not_enough_data'
            when t.p_value >= 0.05 / t.comparisons then 'no_difference'
            when t.replied * t.baseline_sent > t.baseline_replied * t.sent then 'better'
            else 'worse'
        end as verdict,
        t.last_day
    from tested as t
$$;
alter function metrics.segment_variants(uuid, uuid, date, date, uuid[]) owner to leadboard_rollup;
grant execute on function metrics.segment_variants(uuid, uuid, date, date, uuid[])
to leadboard_view;

comment on function metrics.segment_variants(uuid, uuid, date, date, uuid[]) is
'Campaigns sent to one segment by A/B variant, each variant tested against the first one of its campaign: verdict not_enough_data, no_difference, better or worse.';
