-- Who works the leads of a workspace best: METRICS 2.1, over the last p_days local days of each
-- agent and over as many days before.
-- Grain: one row per active agent. Who had no lead in the window has no score and no rank.
-- ranking_score = 0.40 conversion + 0.35 satisfaction + 0.25 response, each part 0-100:
--   conversion    100 x won / leads of the cohort, shrunk towards the workspace's rate (m = 10)
--   satisfaction  (mean rating given in the window, shrunk likewise - 1) / 4 x 100
--   response      the response curve of the performance score at the mean minutes to first contact
-- A part that was not measured takes the workspace's mean of that part, else 50. Priors and means
-- are those of the workspace's active agents in the same days.
-- Equal scores share a rank. rank_change counts places gained since the days before, among the
-- people ranked in both: who joins or leaves moves nobody.
-- Reads: rollup.member_spans, rollup.service_day, scoring.curves, metrics.agents.
-- Definer: bound by policies, an agent would be ranked among nobody. Granted to leadboard_view
-- alone, whose functions show the own row.
create function metrics.team_ranking(p_workspace_id uuid, p_days integer)
returns table (
    user_id uuid,
    window_to_day date,
    leads bigint,
    leads_won bigint,
    conversion_rate numeric,
    num_ratings bigint,
    rating_sum bigint,
    avg_rating numeric,
    leads_contacted bigint,
    response_seconds numeric,
    avg_response_hours numeric,
    conversion_score numeric,
    satisfaction_score numeric,
    response_score numeric,
    effective_conversion_score numeric,
    effective_satisfaction_score numeric,
    effective_response_score numeric,
    ranking_score numeric,
    rank bigint,
    ranked_agents bigint,
    previous_ranking_score numeric,
    rank_change bigint
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    with agents as materialized (
        select
            a.user_id,
            a.today
        from metrics.agents(p_workspace_id) as a
    ),

    -- Each today of the workspace has two windows.
    periods as materialized (
        select
            t.today,
            p.is_current,
            t.today + 1 - p.place * p_days as from_day,
            t.today + 1 - (p.place - 1) * p_days as to_day
        from (select distinct a.today from agents as a) as t
        cross join (values (true, 1), (false, 2)) as p (is_current, place)
    ),

    -- Added up before it meets the agents, here and below: however many rows the planner expects.
    cohort as (
        select
            a.user_id,
            p.is_current,
            d.leads,
            d.won,
            d.contacted,
            d.seconds
        from periods as p
        cross join lateral (
            select
                m.subject_id,
                sum(m.leads) as leads,
                sum(m.won) as won,
                sum(m.contacted) as contacted,
                sum(m.response_seconds) as seconds
            from rollup.member_spans(p_workspace_id, p.from_day, p.to_day) as m
            group by m.subject_id
        ) as d
        inner join agents as a on a.user_id = d.subject_id and a.today = p.today
    ),

    service as (
        select
            a.user_id,
            p.is_current,
            d.ratings,
            d.rating_sum
        from periods as p
        cross join lateral (
            select
                r.subject_id,
                sum(r.ratings) as ratings,
                sum(r.rating_sum) as rating_sum
            from rollup.service_day as r
            where
                r.workspace_id = p_workspace_id
                and r.day >= p.from_day
                and r.day < p.to_day
            group by r.subject_id
        ) as d
        inner join agents as a on a.user_id = d.subject_id and a.today = p.today
    ),

    figures as (
        select
            a.user_id,
            a.today,
            p.is_current,
            coalesce(c.leads, 0) as leads,
            coalesce(c.won, 0) as won,
            coalesce(c.contacted, 0) as contacted,
            coalesce(c.seconds, 0) as seconds,
            coalesce(s.ratings, 0) as ratings,
            coalesce(s.rating_sum, 0) as rating_sum,
            sum(c.won) over period / nullif(sum(c.leads) over period, 0) as prior_conversion,
            sum(s.rating_sum) over period / nullif(sum(s.ratings) over period, 0) as prior_rating
        from agents as a
        cross join (values (true), (false)) as p (is_current)
        left join cohort as c on c.user_id = a.user_id and c.is_current = p.is_current
        left join service as s on s.user_id = a.user_id and s.is_current = p.is_current
        window period as (partition by p.is_current)
    ),

    curve as materialized (
        select
            k.xs,
            k.ys
        from scoring.active_curves(p_workspace_id) as k
        where k.curve = 'response'
    ),

    parts as (
        select
            f.user_id,
            f.today,
            f.is_current,
            f.leads,
            f.won,
            f.contacted,
            f.seconds,
            f.ratings,
            f.rating_sum,
            100 * scoring.shrunk_rate(f.won, f.leads, f.prior_conversion) as conversion,
            (scoring.shrunk_mean(f.rating_sum, f.ratings, f.prior_rating) - 1) / 4 * 100
                as satisfaction,
            scoring.response_score(
                f.seconds / nullif(f.contacted, 0) / 60,
                (select k.xs from curve as k),
                (select k.ys from curve as k)
            ) as response
        from figures as f
    ),

    filled as (
        select
            p.user_id,
            p.today,
            p.is_current,
            p.leads,
            p.won,
            p.contacted,
            p.seconds,
            p.ratings,
            p.rating_sum,
            p.conversion,
            p.satisfaction,
            p.response,
            scoring.effective_part(p.conversion, avg(p.conversion) over period)
                as effective_conversion,
            scoring.effective_part(p.satisfaction, avg(p.satisfaction) over period)
                as effective_satisfaction,
            scoring.effective_part(p.response, avg(p.response) over period) as effective_response
        from parts as p
        window period as (partition by p.is_current)
    ),

    scored as (
        select
            f.user_id,
            f.today,
            f.is_current,
            f.leads,
            f.won,
            f.contacted,
            f.seconds,
            f.ratings,
            f.rating_sum,
            f.conversion,
            f.satisfaction,
            f.response,
            f.effective_conversion,
            f.effective_satisfaction,
            f.effective_response,
            case
                when f.leads > 0
                    then
                        0.40 * f.effective_conversion
                        + 0.35 * f.effective_satisfaction
                        + 0.25 * f.effective_response
            end as score
        from filled as f
    ),

    now_and_before as (
        select
            n.user_id,
            n.today,
            n.leads,
            n.won,
            n.contacted,
            n.seconds,
            n.ratings,
            n.rating_sum,
            n.conversion,
            n.satisfaction,
            n.response,
            n.effective_conversion,
            n.effective_satisfaction,
            n.effective_response,
            n.score,
            b.score as score_before,
            n.score is not null and b.score is not null as is_in_both
        from scored as n
        inner join scored as b on b.user_id = n.user_id and not b.is_current
        where n.is_current
    )

    select
        x.user_id,
        x.today + 1 as window_to_day,
        x.leads::bigint as leads,
        x.won::bigint as leads_won,
        x.won / nullif(x.leads, 0) as conversion_rate,
        x.ratings::bigint as num_ratings,
        x.rating_sum::bigint as rating_sum,
        x.rating_sum / nullif(x.ratings, 0) as avg_rating,
        x.contacted::bigint as leads_contacted,
        x.seconds as response_seconds,
        x.seconds / nullif(x.contacted, 0) / 3600 as avg_response_hours,
        x.conversion as conversion_score,
        x.satisfaction as satisfaction_score,
        x.response as response_score,
        x.effective_conversion as effective_conversion_score,
        x.effective_satisfaction as effective_satisfaction_score,
        x.effective_response as effective_response_score,
        x.score as ranking_score,
        case when x.score is not null then rank() over (order by x.score desc nulls last) end as rank,
        count(x.score) over () as ranked_agents,
        x.score_before as previous_ranking_score,
        case
            when x.is_in_both
                then
                    rank() over (partition by x.is_in_both order by x.score_before desc)
                    - rank() over (partition by x.is_in_both order by x.score desc)
        end as rank_change
    from now_and_before as x
$$;
alter function metrics.team_ranking(uuid, integer) owner to leadboard_rollup;
grant execute on function metrics.team_ranking(uuid, integer) to leadboard_view;

comment on function metrics.team_ranking(uuid, integer) is
'Ranking of a workspace''s active agents over their last days: figures, the three parts, score (0-100), rank, and places gained among the people ranked in both periods.';
