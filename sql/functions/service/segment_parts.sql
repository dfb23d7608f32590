-- Where the figures of one segment come from, in the window of local days [p_from_day, p_to_day),
-- over the recipients the caller may see: by local hour and weekday of sending, by version of the
-- rule, and by campaign (the 100 sent to last) with its A/B variants. Rates have four decimals.
create function service.segment_parts(
    p_workspace_id uuid, p_segment_id uuid, p_from_day date, p_to_day date
)
returns table (hours json, weekdays json, versions json, campaigns json)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    with owners as materialized (
        select service.segment_owners(p_workspace_id) as ids
    ),

    parts as materialized (
        select
            b.what,
            b.key,
            b.leads_sent,
            b.opened,
            b.replied,
            b.bounced,
            b.converted,
            round(b.replied / nullif(b.leads_sent, 0)::numeric, 4) as reply_rate
        from owners as o
        cross join lateral metrics.segment_breakdown(
            p_workspace_id, p_segment_id, p_from_day, p_to_day, o.ids
        ) as b
    ),

    sent_campaigns as (
        select
            v.campaign_id,
            max(v.last_day) as last_day,
            sum(v.leads_sent)::bigint as leads_sent,
            sum(v.replied)::bigint as replied,
            json_agg(
                json_build_object(
                    'variant', v.variant,
                    'leads_sent', v.leads_sent,
                    'opened', v.opened,
                    'clicked', v.clicked,
                    'replied', v.replied,
                    'bounced', v.bounced,
                    'converted', v.converted,
                    'reply_rate', round(v.reply_rate, 4),
                    'reply_rate_low', round(v.reply_rate_low, 4),
                    'reply_rate_high', round(v.reply_rate_high, 4),
                    'difference', round(v.difference, 4),
                    'p_value', round(v.p_value, 4),
                    'verdict', v.verdict
                )
                order by v.variant
            ) as variants
        from owners as o
        cross join lateral metrics.segment_variants(
            p_workspace_id, p_segment_id, p_from_day, p_to_day, o.ids
        ) as v
        group by v.campaign_id
        order by max(v.last_day) desc, v.campaign_id desc
        limit 100
    )

    select
        (
            select
                coalesce(
                    json_agg(
                        json_build_object(
                            'hour', p.key,
                            'leads_sent', p.leads_sent,
                            'replied', p.replied,
                            'reply_rate', p.reply_rate
                        )
                        order by p.key
                    ),
                    '[]'
                )
            from parts as p
            where p.what = 'hour'
        ),
        (
            select
                coalesce(
                    json_agg(
                        json_build_object(
                            'weekday', p.key,
                            'leads_sent', p.leads_sent,
                            'replied', p.replied,
                            'reply_rate', p.reply_rate
                        )
                        order by p.key
                    ),
                    '[]'
                )
            from parts as p
            where p.what = 'weekday'
        ),
        (
            select
                coalesce(
                    json_agg(
                        json_build_object(
                            'version', p.key,
                            'filter', v.filter,
                            'leads_sent', p.leads_sent,
                            'opened', p.opened,
                            'replied', p.replied,
                            'bounced', p.bounced,
                            'converted', p.converted,
                            'reply_rate', p.reply_rate
                        )
                        order by p.key desc
                    ),
                    '[]'
                )
            from parts as p
            left join crm.segment_versions as v
                on
                    v.workspace_id = p_workspace_id
                    and v.segment_id = p_segment_id
                    and v.version = p.key
            where p.what = 'version'
        ),
        (
            select
                coalesce(
                    json_agg(
                        json_build_object(
                            'campaign_id', c.campaign_id,
                            'campaign_name', n.name,
                            'last_sent_on', c.last_day,
                            'leads_sent', c.leads_sent,
                            'replied', c.replied,
                            'variants', c.variants
                        )
                        order by c.last_day desc, c.campaign_id desc
                    ),
                    '[]'
                )
            from sent_campaigns as c
            inner join crm.campaigns as n on n.workspace_id = p_workspace_id and n.id = c.campaign_id
        )
$$;
alter function service.segment_parts(uuid, uuid, date, date) owner to leadboard_view;
grant execute on function service.segment_parts(uuid, uuid, date, date) to leadboard_api;

comment on function service.segment_parts(uuid, uuid, date, date) is
'Figures of one segment by hour, weekday, version of the rule and campaign with variants, over the recipients the caller may see.';
