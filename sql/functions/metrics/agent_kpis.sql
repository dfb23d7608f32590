-- The figures of one member over a window of local days [p_from_day, p_to_day) and over as many
-- days before it: METRICS section 2.
-- Grain: always one row; zeros and NULL where nothing happened.
-- Cohort: leads, contacts and wins follow the leads CREATED in the window and credited to the
-- member. Event: revenue counts on the day a lead was won, ratings on the day they were given.
-- Reads: rollup.lead_day, rollup.outcome_day, rollup.service_day, crm.workspaces.
-- Sums and counts are those of metrics.partner_performance; revenue is the deal value, or what was
-- paid for the lead where the workspace says so. Rates are unrounded, NULL where there is nothing
-- to divide by. No SET clause and one statement, so it inlines.
create function metrics.agent_kpis(
    p_workspace_id uuid, p_user_id uuid, p_from_day date, p_to_day date
)
returns table (
    leads_assigned bigint,
    leads_won bigint,
    conversion_rate numeric,
    leads_contacted bigint,
    response_seconds numeric,
    avg_response_hours numeric,
    revenue numeric,
    num_ratings bigint,
    rating_sum bigint,
    avg_rating numeric,
    previous_leads_assigned bigint,
    previous_leads_won bigint,
    previous_conversion_rate numeric,
    previous_leads_contacted bigint,
    previous_response_seconds numeric,
    previous_avg_response_hours numeric,
    previous_revenue numeric,
    previous_num_ratings bigint,
    previous_rating_sum bigint,
    previous_avg_rating numeric
)
language sql
stable
parallel safe
as $$
    with cohort as (
        select
            coalesce(sum(d.leads) filter (where d.day >= p_from_day), 0) as leads,
            coalesce(sum(d.won) filter (where d.day >= p_from_day), 0) as won,
            coalesce(sum(d.contacted) filter (where d.day >= p_from_day), 0) as contacted,
            coalesce(sum(d.response_seconds) filter (where d.day >= p_from_day), 0) as seconds,
            coalesce(sum(d.leads) filter (where d.day < p_from_day), 0) as leads_before,
            coalesce(sum(d.won) filter (where d.day < p_from_day), 0) as won_before,
            coalesce(sum(d.contacted) filter (where d.day < p_from_day), 0) as contacted_before,
            coalesce(sum(d.response_seconds) filter (where d.day < p_from_day), 0)
                as seconds_before
        from rollup.lead_day as d
        where
            d.workspace_id = p_workspace_id
            and d.subject_id = p_user_id
            and d.day >= p_from_day - (p_to_day - p_from_day)
            and d.day < p_to_day
    ),

    outcomes as (
        select
            coalesce(sum(o.value) filter (where o.day >= p_from_day), 0) as revenue,
            coalesce(sum(o.value) filter (where o.day < p_from_day), 0) as revenue_before
        from (
            select
                d.day,
                case w.deal_value_basis
                    when 'price_at_purchase' then d.price
                    else d.revenue
                end as value
            from crm.workspaces as w
            inner join rollup.outcome_day as d on d.workspace_id = w.workspace_id
            where
                w.workspace_id = p_workspace_id
                and d.workspace_id = p_workspace_id
                and d.subject_id = p_user_id
                and d.day >= p_from_day - (p_to_day - p_from_day)
                and d.day < p_to_day
        ) as o
    ),

    service as (
        select
            coalesce(sum(d.ratings) filter (where d.day >= p_from_day), 0) as ratings,
            coalesce(sum(d.rating_sum) filter (where d.day >= p_from_day), 0) as rating_sum,
            coalesce(sum(d.ratings) filter (where d.day < p_from_day), 0) as ratings_before,
            coalesce(sum(d.rating_sum) filter (where d.day < p_from_day), 0) as rating_sum_before
        from rollup.service_day as d
        where
            d.workspace_id = p_workspace_id
            and d.subject_id = p_user_id
            and d.day >= p_from_day - (p_to_day - p_from_day)
            and d.day < p_to_day
    )

    select
        c.leads::bigint as leads_assigned,
        c.won::bigint as leads_won,
        c.won / nullif(c.leads, 0) as conversion_rate,
        c.contacted::bigint as leads_contacted,
        c.seconds as response_seconds,
        c.seconds / nullif(c.contacted, 0) / 3600 as avg_response_hours,
        o.revenue,
        s.ratings::bigint as num_ratings,
        s.rating_sum::bigint as rating_sum,
        s.rating_sum / nullif(s.ratings, 0) as avg_rating,
        c.leads_before::bigint as previous_leads_assigned,
        c.won_before::bigint as previous_leads_won,
        c.won_before / nullif(c.leads_before, 0) as previous_conversion_rate,
        c.contacted_before::bigint as previous_leads_contacted,
        c.seconds_before as previous_response_seconds,
        c.seconds_before / nullif(c.contacted_before, 0) / 3600 as previous_avg_response_hours,
        o.revenue_before as previous_revenue,
        s.ratings_before::bigint as previous_num_ratings,
        s.rating_sum_before::bigint as previous_rating_sum,
        s.rating_sum_before / nullif(s.ratings_before, 0) as previous_avg_rating
    from cohort as c
    cross join outcomes as o
    cross join service as s
$$;
alter function metrics.agent_kpis(uuid, uuid, date, date) owner to leadboard_rollup;
grant execute on function metrics.agent_kpis(uuid, uuid, date, date) to leadboard_view;

comment on function metrics.agent_kpis(uuid, uuid, date, date) is
'Figures of one member for the window of local days [from, to) and, as previous_, for as many days before it: leads, wins, response time, revenue, ratings.';
