-- The best segments of the last p_days local days by reply_rate or open_rate, for whoever works
-- through a list of them ("only the top 3 by reply rate"). Ranked ones come first; provisional
-- ones (fewer than 20 sent) fill up the list and say so: who wants none filters by is_provisional.
-- Grain: one row per segment, at most p_limit, in the order of place.
create function metrics.top_segments(
    p_workspace_id uuid,
    p_days integer default 30,
    p_metric text default 'reply_rate',
    p_limit integer default 5,
    p_owner_ids uuid[] default null
)
returns table (
    place bigint,
    rank bigint,
    segment_id uuid,
    leads_sent bigint,
    opened bigint,
    replied bigint,
    bounced bigint,
    open_rate numeric,
    reply_rate numeric,
    bounce_rate numeric,
    is_provisional boolean
)
language sql
stable
parallel safe
as $$
    select
        k.place,
        case p_metric when 'open_rate' then f.open_rank else f.reply_rank end as rank,
        f.segment_id,
        f.leads_sent,
        f.opened,
        f.replied,
        f.bounced,
        f.open_rate,
        f.reply_rate,
        f.bounce_rate,
        f.is_provisional
    from metrics.segment_window(p_workspace_id, p_days, p_owner_ids) as f
    cross join lateral (
        select case p_metric when 'open_rate' then f.open_position else f.reply_position end
    ) as k (place)
    where k.place <= p_limit
    order by k.place
$$;
alter function metrics.top_segments(uuid, integer, text, integer, uuid[])
owner to leadboard_rollup;
grant execute on function metrics.top_segments(uuid, integer, text, integer, uuid[])
to leadboard_view;

comment on function metrics.top_segments(uuid, integer, text, integer, uuid[]) is
'The best segments of the last p_days local days by reply_rate or open_rate, provisional ones last; of the given owners at send or of all.';
