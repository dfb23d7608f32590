-- For each of several rates the probability that it is the highest. Each rate is what
-- scoring.shrunk_rate assumes: Beta distributed with p_strength trials of the prior and its own
-- hits and misses; a = hits + m p0, b = misses + m (1 - p0). The shrunk rate is the mean of that
-- distribution.
--
--   P(i is best) = integral of f_i(y) * product over the others j of F_j(y) dy
--
-- is integrated numerically over the log-odds y, where each density is smooth whatever its
-- parameters: x^a (1-x)^b with x = 1 / (1 + e^-y), highest at ln(a/b). All share one grid: the
-- points of every distribution, 0.15 of its own width apart and nine widths to each side, so that
-- narrow ones (many trials) and wide ones are met alike. Probabilities add up to 1. The error is
-- below 0.002.
-- The rates are taken as independent. Leads in two segments make them a little less so.
--
-- Answers in the order of the arrays; NULL where there were no trials. When the prior is 0, 1 or
-- unknown there are no hits, or no misses, anywhere: all are alike.
create function scoring.best_probabilities(
    p_hits bigint[], p_trials bigint[], p_prior numeric, p_strength numeric default 10
)
returns numeric[]
language sql
immutable
parallel safe
as $$
    with arms as (
        select
            n.number,
            n.hits + (p_strength * p_prior)::double precision as a,
            n.trials - n.hits + (p_strength * (1 - p_prior))::double precision as b
        from unnest(p_hits, p_trials) with ordinality as n (hits, trials, number)
        where n.trials > 0
    ),

    shapes as materialized (
        select
            r.number,
            r.a,
            r.b,
            ln(r.a / r.b) as centre,
            sqrt(1 / r.a + 1 / r.b) + 1 / r.a as left_width,
            sqrt(1 / r.a + 1 / r.b) + 1 / r.b as right_width
        from arms as r
        where p_prior > 0 and p_prior < 1
    ),

    points as materialized (
        select distinct
            s.centre + 0.15 * t.step * case when t.step < 0 then s.left_width else s.right_width end as y
        from shapes as s
        cross join generate_series(-60, 60) as t (step)
    ),

    steps as materialized (
        select
            p.y,
            greatest(p.y, 0) + ln(1 + exp(-abs(p.y))) as log_sum,
            (
                coalesce(lead(p.y) over (order by p.y), p.y)
                - coalesce(lag(p.y) over (order by p.y), p.y)
            ) / 2 as width
        from points as p
    ),

    masses as (
        select
            s.number,
            g.y,
            g.width * exp(
                greatest(
                    s.a * (g.y - s.centre)
                    - (s.a + s.b) * (g.log_sum - ln(1 + s.a / s.b)),
                    -300
                )
            ) as mass
        from shapes as s
        cross join steps as g
    ),

    sums as (
        select
            m.number,
            m.y,
            m.mass / sum(m.mass) over (partition by m.number) as share,
            (
                sum(m.mass) over (partition by m.number order by m.y) - m.mass / 2
            ) / sum(m.mass) over (partition by m.number) as below
        from masses as m
    ),

    products as (
        select
            s.number,
            s.share * exp(
                greatest(
                    sum(ln(greatest(s.below, 1e-300))) over (partition by s.y)
                    - ln(greatest(s.below, 1e-300)),
                    -300
                )
            ) as chance
        from sums as s
    ),

    chances as (
        select
            p.number,
            sum(p.chance) as chance
        from products as p
        group by p.number
    )

    select
        array_agg(
            case
                when r.number is null then null
                when c.number is null then round(1 / (select count(*) from arms as x)::numeric, 6)
                else round((c.chance / (select sum(x.chance) from chances as x))::numeric, 6)
            end
            order by n.number
        )
    from generate_subscripts(p_trials, 1) as n (number)
    left join arms as r on r.number = n.number
    left join chances as c on c.number = n.number
$$;
alter function scoring.best_probabilities(bigint[], bigint[], numeric, numeric)
owner to leadboard_view;
grant execute on function scoring.best_probabilities(bigint[], bigint[], numeric, numeric)
to leadboard_rollup;

comment on function scoring.best_probabilities(bigint[], bigint[], numeric, numeric) is
'For each of several rates (hits among trials) the probability that it is the highest, by Beta distributions with the shrunk rates as means; in the order of the arrays, null without trials.';
