-- Records who was best in the months of a workspace that are over in all of its time zones, at most
-- the last twelve, from the month of p_from_day on: the shortest mean time to first contact, and
-- the largest rise of the conversion rate over the month before. Only active members with at least
-- the badge's threshold in leads (contacted, and created in either month) compete; equals share.
-- Recorded once per month: what is logged later takes nobody's badge away. Returns how many are
-- new.
-- A month without a winner is looked at again with every new local day, until it is twelve months
-- old.
create function goals.check_months(p_workspace_id uuid, p_from_day date)
returns bigint
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_new bigint;
begin
    with zones as (
        select w.timezone as zone
        from crm.workspaces as w
        where w.workspace_id = p_workspace_id
        union
        select b.timezone
        from crm.branches as b
        where b.workspace_id = p_workspace_id and b.timezone is not null
    ),

    present as (
        select date_trunc('month', min(app.today(z.zone))::timestamp) as month_start
        from zones as z
    ),

    candidates as (
        select
            b.badge,
            b.rule,
            b.threshold,
            (p.month_start - n.n * interval '1 month')::date as month_start,
            (p.month_start - (n.n - 1) * interval '1 month')::date as month_end,
            (p.month_start - (n.n + 1) * interval '1 month')::date as month_before
        from present as p
        cross join generate_series(1, 12) as n (n)
        cross join goals.badges_of(p_workspace_id) as b
        where b.rule in ('fastest_of_month', 'most_improved_of_month')
    ),

    open_months as materialized (
        select
            c.badge,
            c.rule,
            c.threshold,
            c.month_start,
            c.month_end,
            c.month_before
        from candidates as c
        where
            c.month_end > p_from_day
            and not exists (
                select from goals.badges_earned as e
                where
                    e.workspace_id = p_workspace_id
                    and e.badge = c.badge
                    and e.period_start = c.month_start
            )
    ),

    figures as (
        select
            o.badge,
            o.rule,
            o.threshold,
            o.month_start,
            o.month_end,
            d.subject_id as user_id,
            coalesce(sum(d.leads) filter (where d.day >= o.month_start), 0) as leads,
            coalesce(sum(d.won) filter (where d.day >= o.month_start), 0) as won,
            coalesce(sum(d.leads) filter (where d.day < o.month_start), 0) as leads_before,
            coalesce(sum(d.won) filter (where d.day < o.month_start), 0) as won_before,
            coalesce(sum(d.contacted) filter (where d.day >= o.month_start), 0) as contacted,
            coalesce(sum(d.response_seconds) filter (where d.day >= o.month_start), 0) as seconds
        from open_months as o
        inner join rollup.lead_day as d
            on
                d.workspace_id = p_workspace_id
                and d.day >= o.month_before
                and d.day < o.month_end
        inner join crm.members as m
            on
                m.workspace_id = p_workspace_id
                and m.user_id = d.subject_id
                and m.deactivated_at is null
        group by o.badge, o.rule, o.threshold, o.month_start, o.month_end, d.subject_id
    ),

    competing as (
        select
            f.badge,
            f.month_start,
            f.month_end,
            f.user_id,
            f.seconds / f.contacted / 3600 as value,
            rank() over (partition by f.badge, f.month_start order by f.seconds / f.contacted)
                as place
        from figures as f
        where f.rule = 'fastest_of_month' and f.contacted >= f.threshold
        union all
        select
            f.badge,
            f.month_start,
            f.month_end,
            f.user_id,
            f.won / f.leads - f.won_before / f.leads_before,
            rank() over (
                partition by f.badge, f.month_start
                order by f.won / f.leads - f.won_before / f.leads_before desc
            )
        from figures as f
        where
            f.rule = 'most_improved_of_month'
            and f.leads >= f.threshold
            and f.leads_before >= f.threshold
            and f.won / f.leads > f.won_before / f.leads_before
    )

    insert into goals.badges_earned (
        workspace_id, user_id, badge, period_start, earned_on, reached_value
    )
    select
        p_workspace_id,
        c.user_id,
        c.badge,
        c.month_start,
        c.month_end - 1,
        c.value
    from competing as c
    where c.place = 1
    on conflict do nothing;
    get diagnostics v_new = row_count;
    return v_new;
end
$$;
alter function goals.check_months(uuid, date) owner to leadboard_rollup;

comment on function goals.check_months(uuid, date) is
'Records the best of the months of a workspace that are over, from the month of a day on; returns how many are new.';
