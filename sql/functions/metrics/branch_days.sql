-- One branch day by day, over the local days [p_from_day, p_to_day), event.
-- Grain: one row per local day, zeros where nothing happened.
-- Reads: rollup.lead_day, rollup.outcome_day, rollup.call_hour.
create function metrics.branch_days(
    p_workspace_id uuid, p_branch_id uuid, p_from_day date, p_to_day date
)
returns table (
    day date, new_leads bigint, converted bigint, calls bigint, answered bigint, interested bigint
)
language sql
stable
parallel safe
as $$
    with happened as (
        select
            d.day,
            d.leads as new_leads,
            0 as converted,
            0 as calls,
            0 as answered,
            0 as interested
        from rollup.lead_day as d
        where
            d.workspace_id = p_workspace_id
            and d.branch_id = p_branch_id
            and d.day >= p_from_day
            and d.day < p_to_day
        union all
        select
            d.day,
            0,
            d.won,
            0,
            0,
            0
        from rollup.outcome_day as d
        where
            d.workspace_id = p_workspace_id
            and d.branch_id = p_branch_id
            and d.day >= p_from_day
            and d.day < p_to_day
        union all
        select
            c.day,
            0,
            0,
            c.calls,
            c.answered,
            c.interested
        from metrics.branch_calls(p_workspace_id, p_branch_id, p_from_day, p_to_day) as c
    )

    select
        p_from_day + n.ordinal,
        coalesce(sum(h.new_leads), 0)::bigint,
        coalesce(sum(h.converted), 0)::bigint,
        coalesce(sum(h.calls), 0)::bigint,
        coalesce(sum(h.answered), 0)::bigint,
        coalesce(sum(h.interested), 0)::bigint
    from generate_series(0, p_to_day - p_from_day - 1) as n (ordinal)
    left join happened as h on h.day = p_from_day + n.ordinal
    group by n.ordinal
    order by n.ordinal
$$;
alter function metrics.branch_days(uuid, uuid, date, date) owner to leadboard_view;
grant execute on function metrics.branch_days(uuid, uuid, date, date) to leadboard_rollup;

comment on function metrics.branch_days(uuid, uuid, date, date) is
'New leads, leads won, calls, answered and interested per local day of a branch, in [p_from_day, p_to_day).';
