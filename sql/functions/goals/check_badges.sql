-- Records the badges one member has earned alone (rules total, month and streak), each once:
-- METRICS names them, goals.badges defines them. Months before that of p_from_day are not looked at
-- again. A streak earns its badge once, however long it gets and whichever of its days are logged
-- late. Returns how many are new.
create function goals.check_badges(p_workspace_id uuid, p_user_id uuid, p_from_day date)
returns bigint
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_new bigint;
begin
    with badges as materialized (
        select
            b.badge,
            b.rule,
            b.measure,
            b.threshold
        from goals.badges_of(p_workspace_id) as b
        where
            b.rule in ('month', 'streak')
            -- What is earned once needs no second look.
            or (
                b.rule = 'total'
                and not exists (
                    select from goals.badges_earned as e
                    where
                        e.workspace_id = p_workspace_id
                        and e.user_id = p_user_id
                        and e.badge = b.badge
                )
            )
    ),

    totals as (
        select
            b.badge,
            null::date as period_start,
            t.day,
            sum(t.total) over (partition by b.badge order by t.day) as total,
            b.threshold
        from badges as b
        cross join lateral metrics.day_totals(p_workspace_id, p_user_id, b.measure) as t
        where b.rule = 'total'
    ),

    months as (
        select
            b.badge,
            date_trunc('month', t.day::timestamp)::date as period_start,
            t.day,
            sum(t.total) over (
                partition by b.badge, date_trunc('month', t.day::timestamp) order by t.day
            ) as total,
            b.threshold
        from badges as b
        cross join lateral metrics.day_totals(p_workspace_id, p_user_id, b.measure) as t
        where
            b.rule = 'month'
            and t.day >= case
                when isfinite(p_from_day) then date_trunc('month', p_from_day::timestamp)::date
                else p_from_day
            end
    ),

    days as (
        select
            b.badge,
            b.threshold,
            t.day,
            app.working_day(t.day)
            - row_number() over (partition by b.badge order by t.day) as island
        from badges as b
        cross join lateral metrics.day_totals(p_workspace_id, p_user_id, b.measure) as t
        where b.rule = 'streak' and t.total > 0 and app.working_day(t.day) is not null
    ),

    streaks as (
        select
            d.badge,
            min(d.day) as period_start,
            max(d.day) as last_day,
            (array_agg(d.day order by d.day))[d.threshold::integer] as day,
            d.threshold as total
        from days as d
        group by d.badge, d.threshold, d.island
        having count(*) >= d.threshold
    )

    insert into goals.badges_earned (
        workspace_id, user_id, badge, period_start, earned_on, reached_value
    )
    select
        p_workspace_id,
        p_user_id,
        x.badge,
        x.period_start,
        x.day,
        x.total
    from (
        (
            select distinct on (t.badge)
                t.badge,
                t.period_start,
                t.day,
                t.total
            from totals as t
            where t.total >= t.threshold
            order by t.badge, t.day
        )
        union all
        (
            select distinct on (m.badge, m.period_start)
                m.badge,
                m.period_start,
                m.day,
                m.total
            from months as m
            where m.total >= m.threshold
            order by m.badge, m.period_start, m.day
        )
        union all
        select
            s.badge,
            s.period_start,
            s.day,
            s.total
        from streaks as s
        where
            not exists (
                select from goals.badges_earned as e
                where
                    e.workspace_id = p_workspace_id
                    and e.user_id = p_user_id
                    and e.badge = s.badge
                    and e.earned_on between s.period_start and s.last_day
            )
    ) as x
    on conflict do nothing;
    get diagnostics v_new = row_count;
    return v_new;
end
$$;
alter function goals.check_badges(uuid, uuid, date) owner to leadboard_rollup;

comment on function goals.check_badges(uuid, uuid, date) is
'Records the badges that a member earned alone, from the month of a day on; returns how many are new.';
