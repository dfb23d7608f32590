-- Revenue of one member by local day, ISO week (from Monday) or month, up to p_today: METRICS
-- section 2. Event: a lead counts on the day it was won; a refund is a negative deal value.
-- Grain: one row per bucket, the last p_buckets ones, oldest first, also where nothing was won. The
-- last one ends with p_today.
-- Reads: rollup.outcome_day, crm.workspaces. No SET clause and one statement, so it inlines.
create function metrics.revenue_trend(
    p_workspace_id uuid, p_user_id uuid, p_unit text, p_buckets integer, p_today date
)
returns table (bucket date, leads_won bigint, revenue numeric)
language sql
stable
parallel safe
as $$
    select
        b.bucket,
        coalesce(v.won, 0)::bigint as leads_won,
        coalesce(v.revenue, 0) as revenue
    from (
        select (date_trunc(p_unit, p_today::timestamp) - n.n * ('1 ' || p_unit)::interval)::date as bucket
        from generate_series(p_buckets - 1, 0, -1) as n (n)
    ) as b
    left join (
        select
            date_trunc(p_unit, d.day::timestamp)::date as bucket,
            sum(d.won) as won,
            sum(case w.deal_value_basis when 'price_at_purchase' then d.price else d.revenue end)
                as revenue
        from crm.workspaces as w
        inner join rollup.outcome_day as d on d.workspace_id = w.workspace_id
        where
            w.workspace_id = p_workspace_id
            and d.workspace_id = p_workspace_id
            and d.subject_id = p_user_id
            and d.day >= (
                date_trunc(p_unit, p_today::timestamp) - (p_buckets - 1) * ('1 ' || p_unit)::interval
            )::date
            and d.day <= p_today
        group by 1
    ) as v on v.bucket = b.bucket
$$;
alter function metrics.revenue_trend(uuid, uuid, text, integer, date) owner to leadboard_rollup;
grant execute on function metrics.revenue_trend(uuid, uuid, text, integer, date) to leadboard_view;

comment on function metrics.revenue_trend(uuid, uuid, text, integer, date) is
'Revenue of one member per day, week or month (p_unit), the last p_buckets of them up to a day, zeros included.';
