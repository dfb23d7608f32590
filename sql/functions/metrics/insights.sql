-- What is worth telling about a member, agent or rep, of the last p_days local days: METRICS 2.3.
-- One definition for everybody; metrics.insight_sentence says it in words.
-- Grain: one row per insight, in the order in which they are told. better says whether it is good
-- news; NULL where it is neither.
--   strongest, weakest  the metric that is furthest above and below the team's median, measured in
--                       shares of that median. Team: active members with at least c_few cases
--   change              against as many days before; told only when the 95 % interval (low, high)
--                       of the difference leaves zero out: Newcombe for rates, Welch for means
--   best_weekday        weekday with the most wins (subject: Monday, ...)
--   best_hour           local hour in which most outbound calls are answered (subject: 14)
--   best_source         source that converts best
--   streak              working days in a row with a completed task
-- value and baseline are unrounded: rates 0-1, hours, ratings 1-5, counts. Nothing is told of fewer
-- than c_few cases (leads, ratings, tasks, recipients, wins, calls), nothing of a team of fewer
-- than three.
-- Windows end with today where the member's branch lies.
-- Reads: rollup.*, crm.members, crm.workspaces, crm.branches; for variances the member's own leads
-- and ratings, by index.
-- Definer: a median counts colleagues without showing them. Granted to leadboard_view alone, whose
-- functions ask who may see the member.
create function metrics.insights(p_workspace_id uuid, p_user_id uuid, p_days integer)
returns table (
    type text,
    metric text,
    subject text,
    value numeric,
    baseline numeric,
    low numeric,
    high numeric,
    cases bigint,
    better boolean
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    c_few constant integer := 5;
    c_least_team constant integer := 3;
    c_streak constant integer := 3;
    v_today date;
    v_from date;
    v_to date;
begin
    select app.today(coalesce(b.timezone, w.timezone)) into v_today
    from crm.members as m
    inner join crm.workspaces as w on w.workspace_id = m.workspace_id
    left join crm.branches as b on b.workspace_id = m.workspace_id and b.id = m.branch_id
    where m.workspace_id = p_workspace_id and m.user_id = p_user_id;
    if not found then
        return;
    end if;
    v_to := v_today + 1;
    v_from := v_to - p_days;

    return query
    with known (metric, is_lower_better) as (
        values
        ('conversion_rate', false),
        ('contact_rate', false),
        ('response_time', true),
        ('satisfaction', false),
        ('task_completion_rate', false),
        ('reply_rate', false)
    ),

    team as materialized (
        select
            s.user_id,
            s.metric,
            s.total,
            s.count
        from metrics.member_shares(p_workspace_id, null, v_from, v_to) as s
        inner join crm.members as m
            on
                m.workspace_id = p_workspace_id
                and m.user_id = s.user_id
                and (m.deactivated_at is null or m.user_id = p_user_id)
        where s.count >= c_few
    ),

    medians as (
        select
            t.metric,
            metrics.median(array_agg(t.total / t.count order by t.total / t.count)) as median
        from team as t
        group by t.metric
        having count(*) >= c_least_team
    ),

    distances as (
        select
            t.metric,
            t.total / t.count as value,
            d.median,
            t.count,
            case
                when w.is_lower_better then d.median - t.total / t.count
                else t.total / t.count - d.median
            end / d.median as lead
        from team as t
        inner join medians as d on d.metric = t.metric and d.median > 0
        inner join known as w on w.metric = t.metric
        where t.user_id = p_user_id
    ),

    compared as (
        select
            n.metric,
            w.is_lower_better,
            n.total / n.count as value,
            b.total / b.count as baseline,
            n.count,
            case
                when metrics.unit(n.metric) = 'rate' then scoring.newcombe_low(n.total, n.count, b.total, b.count)
                else
                    n.total / n.count - b.total / b.count
                    - scoring.welch_margin(nv.variance, n.count, bv.variance, b.count)
            end as low,
            case
                when metrics.unit(n.metric) = 'rate' then scoring.newcombe_high(n.total, n.count, b.total, b.count)
                else
                    n.total / n.count - b.total / b.count
                    + scoring.welch_margin(nv.variance, n.count, bv.variance, b.count)
            end as high
        from team as n
        inner join
            metrics.member_shares(p_workspace_id, p_user_id, v_from - p_days, v_from) as b
            on b.metric = n.metric
        inner join known as w on w.metric = n.metric
        left join metrics.variances(p_workspace_id, p_user_id, v_from, v_to) as nv
            on nv.metric = n.metric
        left join metrics.variances(p_workspace_id, p_user_id, v_from - p_days, v_from) as bv
            on bv.metric = n.metric
        where n.user_id = p_user_id and b.count >= c_few
    ),

    weekdays as (
        select
            x.weekday,
            x.wins,
            sum(x.wins) over () as all_wins,
            rank() over (order by x.wins desc) as place,
            count(*) over (partition by x.wins) as equals
        from (
            select
                metrics.weekday(d.day) as weekday,
                sum(d.won) as wins
            from rollup.outcome_day as d
            where
                d.workspace_id = p_workspace_id
                and d.subject_id = p_user_id
                and d.day >= v_from
                and d.day < v_to
            group by 1
        ) as x
    ),

    hours as (
        select
            x.hour,
            x.answered,
            x.calls,
            sum(x.answered) over () / sum(x.calls) over () as answer_rate
        from (
            select
                d.hour,
                sum(d.calls) as calls,
                coalesce(sum(d.calls) filter (where d.status = 'completed'), 0) as answered
            from rollup.call_hour as d
            where
                d.workspace_id = p_workspace_id
                and d.subject_id = p_user_id
                and d.day >= v_from
                and d.day < v_to
                and d.direction = 'outbound'
            group by d.hour
        ) as x
    ),

    best_hour as (
        select
            h.hour,
            h.answered / h.calls as value,
            h.answer_rate,
            h.calls
        from hours as h
        where h.calls >= c_few
        order by scoring.shrunk_rate(h.answered, h.calls, h.answer_rate) desc, h.calls desc, h.hour
        limit 1
    ),

    sources as (
        select
            s.source,
            s.leads,
            s.leads_won,
            s.conversion_rate,
            sum(s.leads_won) over () / sum(s.leads) over () as all_rate
        from metrics.lead_sources(p_workspace_id, p_user_id, v_from, v_to) as s
    ),

    best_source as (
        select
            s.source,
            s.conversion_rate,
            s.all_rate,
            s.leads
        from sources as s
        where s.leads >= c_few
        order by
            scoring.shrunk_rate(s.leads_won, s.leads, s.all_rate) desc, s.leads desc, s.source
        limit 1
    ),

    streak as (
        select metrics.current_streak(p_workspace_id, p_user_id, v_today) as days
    ),

    told as (
        select
            1 as chapter,
            -abs(c.value - c.baseline) / nullif(c.baseline, 0) as position,
            'change' as type,
            c.metric,
            null::text as subject,
            c.value,
            c.baseline,
            c.low,
            c.high,
            c.count,
            (c.value > c.baseline) <> c.is_lower_better as better
        from compared as c
        where c.low > 0 or c.high < 0
        union all
        select
            2,
            -d.lead,
            'strongest',
            d.metric,
            null,
            d.value,
            d.median,
            null,
            null,
            d.count,
            true
        from (
            select x.* from distances as x
            where x.lead > 0
            order by x.lead desc, x.metric
            limit 1
        ) as d
        union all
        select
            3,
            d.lead,
            'weakest',
            d.metric,
            null,
            d.value,
            d.median,
            null,
            null,
            d.count,
            false
        from (
            select x.* from distances as x
            where x.lead < 0
            order by x.lead, x.metric
            limit 1
        ) as d
        union all
        select
            4,
            0,
            'best_weekday',
            'wins',
            (
                array[
                    'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'
                ]
            )[w.weekday],
            w.wins,
            w.all_wins / 7,
            null,
            null,
            w.all_wins,
            null
        from weekdays as w
        where w.place = 1 and w.equals = 1 and w.all_wins >= c_few
        union all
        select
            5,
            0,
            'best_hour',
            'answer_rate',
            h.hour::text,
            h.value,
            h.answer_rate,
            null,
            null,
            h.calls,
            null
        from best_hour as h
        where h.value > h.answer_rate
        union all
        select
            6,
            0,
            'best_source',
            'conversion_rate',
            s.source,
            s.conversion_rate,
            s.all_rate,
            null,
            null,
            s.leads,
            null
        from best_source as s
        where s.conversion_rate > s.all_rate
        union all
        select
            7,
            0,
            'streak',
            'tasks_completed',
            null,
            k.days,
            null,
            null,
            null,
            k.days,
            true
        from streak as k
        where k.days >= c_streak
    )

    select
        t.type,
        t.metric,
        t.subject,
        t.value,
        t.baseline,
        t.low,
        t.high,
        t.count::bigint as cases,
        t.better
    from told as t
    order by t.chapter, t.position, t.metric;
end
$$;
alter function metrics.insights(uuid, uuid, integer) owner to leadboard_rollup;
grant execute on function metrics.insights(uuid, uuid, integer) to leadboard_view;

comment on function metrics.insights(uuid, uuid, integer) is
'What is worth telling about a member of the last days: changes that are beyond chance, strongest and weakest metric of the team, best weekday, hour and source, streak.';
