-- Revenue of one member in the month of p_today so far, and in as many days of the month before (in
-- all of it where it is shorter): METRICS section 2. Event-dated.
-- Grain: always one row.
-- Reads: rollup.outcome_day, crm.workspaces. No SET clause and one statement, so it inlines.
create function metrics.month_revenue(p_workspace_id uuid, p_user_id uuid, p_today date)
returns table (revenue numeric, previous_revenue numeric)
language sql
stable
parallel safe
as $$
    select
        coalesce(sum(o.value) filter (where o.day >= b.month_start), 0) as revenue,
        coalesce(
            sum(o.value) filter (
                where
                    o.day < b.month_start
                    and o.day <= b.month_before + (p_today - b.month_start)
            ),
            0
        ) as previous_revenue
    from (
        select
            date_trunc('month', p_today::timestamp)::date as month_start,
            (date_trunc('month', p_today::timestamp) - interval '1 month')::date as month_before
    ) as b
    left join (
        select
            d.day,
            case w.deal_value_basis when 'price_at_purchase' then d.price else d.revenue end as value
        from crm.workspaces as w
        inner join rollup.outcome_day as d on d.workspace_id = w.workspace_id
        where
            w.workspace_id = p_workspace_id
            and d.workspace_id = p_workspace_id
            and d.subject_id = p_user_id
            and d.day >= (date_trunc('month', p_today::timestamp) - interval '1 month')::date
            and d.day <= p_today
    ) as o on true
$$;
alter function metrics.month_revenue(uuid, uuid, date) owner to leadboard_rollup;
grant execute on function metrics.month_revenue(uuid, uuid, date) to leadboard_view;

comment on function metrics.month_revenue(uuid, uuid, date) is
'Revenue of one member from the first of the month to a day, and in the same number of days of the month before.';
