-- What was sent to one segment in the window of local days [p_from_day, p_to_day), divided by one
-- thing at a time: by hour (0-23), by weekday (1 Monday to 7 Sunday), and by version of its rule.
-- Grain: one row per what and key. Only those that something was sent in.
create function metrics.segment_breakdown(
    p_workspace_id uuid,
    p_segment_id uuid,
    p_from_day date,
    p_to_day date,
    p_owner_ids uuid[] default null
)
returns table (
    what text,
    key integer,
    leads_sent bigint,
    opened bigint,
    replied bigint,
    bounced bigint,
    converted bigint
)
language sql
stable
parallel safe
as $$
    select
        k.what,
        k.key,
        sum(d.sent)::bigint as leads_sent,
        sum(d.opened)::bigint as opened,
        sum(d.replied)::bigint as replied,
        sum(d.bounced)::bigint as bounced,
        sum(d.converted)::bigint as converted
    from rollup.segment_day as d
    cross join lateral (
        values
        ('hour', d.hour::integer),
        ('weekday', metrics.weekday(d.day)),
        ('version', d.segment_version)
    ) as k (what, key)
    where
        d.workspace_id = p_workspace_id
        and d.segment_id = p_segment_id
        and d.day >= p_from_day
        and d.day < p_to_day
        and (p_owner_ids is null or d.subject_id = any(p_owner_ids))
    group by k.what, k.key
$$;
alter function metrics.segment_breakdown(uuid, uuid, date, date, uuid[])
owner to leadboard_rollup;
grant execute on function metrics.segment_breakdown(uuid, uuid, date, date, uuid[])
to leadboard_view;

comment on function metrics.segment_breakdown(uuid, uuid, date, date, uuid[]) is
'Recipients of one segment by local hour, weekday and version of the rule.';
