-- How soon one member contacted the leads of each local day [p_from_day, p_to_day), by the day they
-- came in, and as a rolling mean over the seven days that end with it: METRICS section 2. The
-- rolling mean is the sum of the seconds over the number of contacted leads of the seven days, not
-- a mean of means.
-- Grain: one row per day, also without leads; the means are NULL where no lead was contacted.
-- Reads: rollup.lead_day. No SET clause and one statement, so it inlines.
create function metrics.response_days(
    p_workspace_id uuid, p_user_id uuid, p_from_day date, p_to_day date
)
returns table (
    day date,
    leads_contacted bigint,
    response_seconds numeric,
    avg_response_hours numeric,
    leads_contacted_7d bigint,
    response_seconds_7d numeric,
    avg_response_hours_7d numeric
)
language sql
stable
parallel safe
as $$
    select
        r.day,
        r.contacted::bigint as leads_contacted,
        r.seconds as response_seconds,
        r.seconds / nullif(r.contacted, 0) / 3600 as avg_response_hours,
        r.contacted_7d::bigint as leads_contacted_7d,
        r.seconds_7d as response_seconds_7d,
        r.seconds_7d / nullif(r.contacted_7d, 0) / 3600 as avg_response_hours_7d
    from (
        select
            g.day,
            g.contacted,
            g.seconds,
            sum(g.contacted) over last_7_days as contacted_7d,
            sum(g.seconds) over last_7_days as seconds_7d
        from (
            select
                p_from_day - 6 + n.n as day,
                coalesce(sum(d.contacted), 0) as contacted,
                coalesce(sum(d.response_seconds), 0) as seconds
            from generate_series(0, p_to_day - p_from_day + 5) as n (n)
            left join rollup.lead_day as d
                on
                    d.workspace_id = p_workspace_id
                    and d.subject_id = p_user_id
                    and d.day >= p_from_day - 6
                    and d.day < p_to_day
                    and d.day = p_from_day - 6 + n.n
            group by n.n
        ) as g
        window last_7_days as (order by g.day rows 6 preceding)
    ) as r
    where r.day >= p_from_day
$$;
alter function metrics.response_days(uuid, uuid, date, date) owner to leadboard_rollup;
grant execute on function metrics.response_days(uuid, uuid, date, date) to leadboard_view;

comment on function metrics.response_days(uuid, uuid, date, date) is
'Mean time to the first contact of one member per local day of [from, to), and as a rolling mean over seven days (sum over sum).';
