-- metrics.segment_performance for the last p_days local days of the workspace, today included.
-- Grain: one row per segment. stats.segment_performance_stats is this at 7, 30, 90 and 365 days.
create function metrics.segment_window(
    p_workspace_id uuid, p_days integer, p_owner_ids uuid[] default null
)
returns table (
    window_to_day date,
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
    select
        app.today(w.timezone) + 1 as window_to_day,
        f.*
    from crm.workspaces as w
    cross join lateral metrics.segment_performance(
        w.workspace_id, app.today(w.timezone) + 1 - p_days, app.today(w.timezone) + 1, p_owner_ids
    ) as f
    where w.workspace_id = p_workspace_id
$$;
alter function metrics.segment_window(uuid, integer, uuid[]) owner to leadboard_rollup;
grant execute on function metrics.segment_window(uuid, integer, uuid[]) to leadboard_view;

comment on function metrics.segment_window(uuid, integer, uuid[]) is
'Segment figures of a workspace for the last p_days local days, of the given owners at send or of all.';
