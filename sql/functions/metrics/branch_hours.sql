-- Calls of one branch by local hour, over the local days [p_from_day, p_to_day), event.
-- Grain: one row per hour 0-23, zeros where nobody called.
-- Reads: rollup.call_hour.
-- is_best: the hour whose calls ended with interest most often. Only hours with at least 5 calls
-- take part; they are compared by the rate shrunk towards the workspace's own rate of the same days
-- (METRICS section 0), then by calls, then the earlier one. No hour is best when no call of the
-- branch ended with interest.
create function metrics.branch_hours(
    p_workspace_id uuid, p_branch_id uuid, p_from_day date, p_to_day date
)
returns table (hour integer, calls bigint, answered bigint, interested bigint, is_best boolean)
language sql
stable
parallel safe
as $$
    with prior as (
        select
            sum(c.calls) filter (where c.status = 'completed' and crm.is_interested(c.outcome))
            / sum(c.calls) as rate
        from rollup.call_hour as c
        where
            c.workspace_id = p_workspace_id
            and c.day >= p_from_day
            and c.day < p_to_day
    ),

    hours as (
        select
            h.hour,
            coalesce(sum(c.calls), 0)::bigint as calls,
            coalesce(sum(c.answered), 0)::bigint as answered,
            coalesce(sum(c.interested), 0)::bigint as interested
        from generate_series(0, 23) as h (hour)
        left join metrics.branch_calls(p_workspace_id, p_branch_id, p_from_day, p_to_day) as c
            on c.hour = h.hour
        group by h.hour
    ),

    best as (
        select h.hour
        from hours as h
        cross join prior as p
        where h.calls >= 5 and exists (select from hours as i where i.interested > 0)
        order by scoring.shrunk_rate(h.interested, h.calls, p.rate) desc, h.calls desc, h.hour
        limit 1
    )

    select
        h.hour,
        h.calls,
        h.answered,
        h.interested,
        b.hour is not null
    from hours as h
    left join best as b on b.hour = h.hour
    order by h.hour
$$;
alter function metrics.branch_hours(uuid, uuid, date, date) owner to leadboard_view;
grant execute on function metrics.branch_hours(uuid, uuid, date, date) to leadboard_rollup;

comment on function metrics.branch_hours(uuid, uuid, date, date) is
'Calls of a branch per local hour in the local days [p_from_day, p_to_day), and which hour is best: at least 5 calls, highest shrunk rate of interest.';
