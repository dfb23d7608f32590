-- How a performance score came about, step by step: input -> shrunk towards the workspace's prior
-- -> read from the curve -> replaced by the workspace's mean part where not measured -> weighted.
-- Grain: one row per part, eight rows in the order of scoring.parts(). The contributions add up to
-- scoring.performance_score to the last digit.
-- Reads: stats.partner_performance_stats, and the versions of scoring.weights and scoring.curves
-- the score was made with, which may be older than those in force. Owners, admins and operators
-- only; LB404 for a partner who is not one of the workspace.
create function scoring.explain(p_workspace_id uuid, p_partner_id uuid)
returns table (
    ordinal integer,
    part text,
    input_name text,
    input_value numeric,
    n bigint,
    prior numeric,
    shrunk_value numeric,
    x0 numeric,
    y0 numeric,
    x1 numeric,
    y1 numeric,
    score numeric,
    is_prior boolean,
    effective_score numeric,
    weight numeric,
    contribution numeric
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform scoring.require_admin(p_workspace_id);
    return query
    with partner as (
        select *
        from stats.partner_performance_stats as s
        where s.workspace_id = p_workspace_id and s.partner_id = p_partner_id
    ),

    inputs as (
        select i.*
        from partner as s
        cross join lateral (
            values
            (
                'response', 'avg_first_response_time_minutes_30d',
                s.avg_first_response_time_minutes_30d, s.leads_contacted_30d, null, null,
                s.avg_first_response_time_minutes_30d, s.response_score, s.effective_response_score
            ),
            (
                'deal_rate', 'deal_rate_30d',
                s.deal_rate_30d, s.won_leads_30d + s.lost_leads_30d, s.prior_deal_rate_30d,
                s.shrunk_deal_rate_30d,
                s.shrunk_deal_rate_30d, s.deal_rate_score, s.effective_deal_rate_score
            ),
            (
                'follow_up', 'pct_leads_min_2_attempts_30d',
                s.pct_leads_min_2_attempts_30d, s.leads_assigned_30d, null, null,
                s.pct_leads_min_2_attempts_30d, s.follow_up_score, s.effective_follow_up_score
            ),
            (
                'feedback', 'avg_customer_rating_30d',
                s.avg_customer_rating_30d, s.num_ratings_30d, s.prior_customer_rating_30d,
                s.shrunk_customer_rating_30d,
                s.shrunk_customer_rating_30d, s.feedback_score, s.effective_feedback_score
            ),
            (
                'complaints', 'complaint_rate_30d',
                s.complaint_rate_30d, s.leads_assigned_30d, s.prior_complaint_rate_30d,
                s.shrunk_complaint_rate_30d,
                s.shrunk_complaint_rate_30d, s.complaints_score, s.effective_complaints_score
            ),
            (
                'trust', 'ai_trust_score',
                s.ai_trust_score, num_nonnulls(s.ai_trust_score), null, null,
                s.ai_trust_score, s.trust_score, s.effective_trust_score
            ),
            (
                'deal_value', 'avg_deal_value_30d',
                s.avg_deal_value_30d, s.won_leads_valued_30d, null, null,
                s.avg_deal_value_30d, s.deal_value_score, s.effective_deal_value_score
            ),
            (
                'consistency', 'consistency_score',
                s.consistency_score, s.leads_assigned_7d, null, null,
                s.consistency_score, s.consistency_score, s.effective_consistency_score
            )
        ) as i (
            part, input_name, input_value, n, prior, shrunk_value, x, score, effective_score
        )
    ),

    curves as (
        select
            c.curve,
            array_agg(c.x order by c.x) as xs,
            array_agg(c.y order by c.x) as ys
        from partner as s
        inner join scoring.curves as c
            on
                c.version = s.curves_version
                and c.workspace_id
                = case when s.curves_are_default then app.nobody() else s.workspace_id end
        group by c.curve
        -- The three parts without a curve of their own, drawn as one: as it is, and the logarithm
        -- from nothing to the 95th percentile.
        union all
        select
            p.part,
            array[0, 100],
            array[0, 100]
        from unnest(array['follow_up', 'trust']) as p (part)
        union all
        select
            'deal_value',
            array[0, s.p95_deal_value_30d],
            array[0, 100]
        from partner as s
        where s.p95_deal_value_30d > 0
    ),

    weights as (
        select
            p.part,
            p.ordinal,
            coalesce(w.weight, 0) as weight,
            sum(coalesce(w.weight, 0)) over () as weight_sum
        from partner as s
        cross join unnest(scoring.parts()) with ordinality as p (part, ordinal)
        left join scoring.weights as w
            on
                w.version = s.weights_version
                and w.workspace_id
                = case when s.weights_are_default then app.nobody() else s.workspace_id end
                and w.part = p.part
    )

    select
        w.ordinal::integer,
        i.part,
        i.input_name,
        i.input_value,
        i.n::bigint,
        i.prior::numeric,
        i.shrunk_value::numeric,
        g.x0,
        g.y0,
        g.x1,
        g.y1,
        i.score,
        i.score is null,
        i.effective_score,
        w.weight,
        scoring.contribution(i.effective_score, w.weight, w.weight_sum)
    from inputs as i
    inner join weights as w on w.part = i.part
    left join curves as c on c.curve = i.part
    cross join lateral scoring.curve_segment(i.x, c.xs, c.ys) as g
    order by w.ordinal;
    if not found then
        raise exception using errcode = 'LB404', message = 'No such partner.';
    end if;
end
$$;
-- Definer with all workspaces in sight: the check above is the right.
alter function scoring.explain(uuid, uuid) owner to leadboard_rollup;
grant execute on function scoring.explain(uuid, uuid) to leadboard_api;

comment on function scoring.explain(uuid, uuid) is
'Every step of a partner''s performance score: one row per part with input, sample size, prior, shrunk value, curve segment, score, weight and contribution.';
