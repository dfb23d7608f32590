-- How partners worked their leads in a window of local days [p_from_day, p_to_day): METRICS section
-- 3.
-- Grain: one row per partner of metrics.partners, with zeros and NULL where nothing happened.
-- Cohort: everything but ratings and complaints follows the leads CREATED in the window and
-- credited to the partner, whatever happened to them since. Event: ratings and complaints count by
-- their own day.
-- Reads: rollup.lead_day, lead_contact_day and service_day; for the two medians, which no sum can
-- give, the window's own leads, per partner, by index leads_subject_created_at.
-- Rates are unrounded, and NULL where there is nothing to divide by. No SET clause and one
-- statement, so it inlines: who asks for no median pays for none.
create function metrics.partner_performance(p_workspace_id uuid, p_from_day date, p_to_day date)
returns table (
    workspace_id uuid,
    partner_id uuid,
    leads_assigned bigint,
    leads_accepted bigint,
    leads_rejected bigint,
    conversion_rate numeric,
    acceptance_seconds numeric,
    avg_response_time_minutes numeric,
    leads_contacted bigint,
    response_seconds numeric,
    avg_first_response_time_minutes numeric,
    median_first_response_time_minutes numeric,
    leads_contacted_within_1h bigint,
    pct_contacted_within_1h numeric,
    leads_contacted_within_24h bigint,
    pct_contacted_within_24h numeric,
    won_leads bigint,
    lost_leads bigint,
    deal_rate numeric,
    deal_rate_low numeric,
    deal_rate_high numeric,
    contact_attempts bigint,
    avg_contact_attempts_per_lead numeric,
    leads_min_2_attempts bigint,
    pct_leads_min_2_attempts numeric,
    num_ratings bigint,
    rating_sum bigint,
    avg_customer_rating numeric,
    complaints bigint,
    complaint_rate numeric,
    won_leads_valued bigint,
    deal_value_sum numeric,
    avg_deal_value numeric,
    median_deal_value numeric,
    deal_values numeric[]
)
language sql
stable
parallel safe
as $$
    with partners as (
        select
            p.workspace_id,
            p.partner_id,
            w.timezone,
            w.deal_value_basis
        from metrics.partners(p_workspace_id) as p
        inner join crm.workspaces as w on w.workspace_id = p.workspace_id
    ),

    -- Materialized, or it would be worked out again for each lead.
    span as materialized (
        select
            app.earliest_start(p_from_day) as earliest_start,
            app.latest_end(p_from_day) as latest_start,
            app.earliest_start(p_to_day) as earliest_end,
            app.latest_end(p_to_day) as latest_end
    ),

    cohort as (
        select
            d.subject_id as partner_id,
            sum(d.leads) as leads,
            sum(d.accepted) as accepted,
            sum(d.rejected) as rejected,
            sum(d.acceptance_seconds) as acceptance_seconds,
            sum(d.contacted) as contacted,
            sum(d.response_seconds) as response_seconds,
            sum(d.contacted_1h) as contacted_1h,
            sum(d.contacted_24h) as contacted_24h,
            sum(d.won) as won,
            sum(d.lost) as lost,
            sum(d.won_value) as won_value,
            sum(d.won_valued) as won_valued,
            sum(d.won_price) as won_price,
            sum(d.won_priced) as won_priced
        from rollup.lead_day as d
        where
            d.workspace_id = p_workspace_id
            and d.day >= p_from_day
            and d.day < p_to_day
        group by d.subject_id
    ),

    contacts as (
        select
            d.subject_id as partner_id,
            sum(d.contact_attempts) as contact_attempts,
            sum(d.leads_min_2_attempts) as leads_min_2_attempts
        from rollup.lead_contact_day as d
        where
            d.workspace_id = p_workspace_id
            and d.day >= p_from_day
            and d.day < p_to_day
        group by d.subject_id
    ),

    service as (
        select
            d.subject_id as partner_id,
            sum(d.ratings) as ratings,
            sum(d.rating_sum) as rating_sum,
            sum(d.complaints) as complaints
        from rollup.service_day as d
        where
            d.workspace_id = p_workspace_id
            and d.day >= p_from_day
            and d.day < p_to_day
        group by d.subject_id
    ),

    side_by_side as (
        select
            p.workspace_id,
            p.partner_id,
            coalesce(c.leads, 0) as leads,
            coalesce(c.accepted, 0) as accepted,
            coalesce(c.rejected, 0) as rejected,
            coalesce(c.acceptance_seconds, 0) as acceptance_seconds,
            coalesce(c.contacted, 0) as contacted,
            coalesce(c.response_seconds, 0) as response_seconds,
            coalesce(c.contacted_1h, 0) as contacted_1h,
            coalesce(c.contacted_24h, 0) as contacted_24h,
            coalesce(c.won, 0) as won,
            coalesce(c.lost, 0) as lost,
            coalesce(a.contact_attempts, 0) as contact_attempts,
            coalesce(a.leads_min_2_attempts, 0) as leads_min_2_attempts,
            coalesce(s.ratings, 0) as ratings,
            coalesce(s.rating_sum, 0) as rating_sum,
            coalesce(s.complaints, 0) as complaints,
            case p.deal_value_basis
                when 'price_at_purchase' then coalesce(c.won_priced, 0)
                else coalesce(c.won_valued, 0)
            end as valued,
            case p.deal_value_basis
                when 'price_at_purchase' then coalesce(c.won_price, 0)
                else coalesce(c.won_value, 0)
            end as value_sum,
            m.median_response,
            m.deal_values
        from partners as p
        cross join span as w
        left join cohort as c on c.partner_id = p.partner_id
        left join contacts as a on a.partner_id = p.partner_id
        left join service as s on s.partner_id = p.partner_id
        left join lateral (
            select
                -- A lead that was never contacted is infinitely late: null sorts last. The median
                -- is the time by which half of ALL leads were contacted; null when fewer than half
                -- were.
                (array_agg(l.response order by l.response))[(count(*) + 1) / 2] as median_response,
                array_agg(l.deal_value order by l.deal_value)
                    filter (where l.deal_value is not null) as deal_values
            from (
                select
                    case
                        when l.first_contact_at >= l.created_at then l.first_contact_at - l.created_at
                        when l.first_contact_at < l.created_at then interval '0'
                    end as response,
                    case
                        when not crm.is_won(l.status, l.won_at) then null
                        when p.deal_value_basis = 'price_at_purchase' then l.price_at_purchase
                        else l.deal_value
                    end as deal_value
                from crm.leads as l
                where
                    l.workspace_id = p.workspace_id
                    and coalesce(l.credited_user_id, '00000000-0000-0000-0000-000000000000'::uuid)
                    = p.partner_id
                    and l.created_at >= w.earliest_start
                    and l.created_at < w.latest_end
                    and (
                        -- Within the window in any zone, or, at its two ends, in the lead's own:
                        -- the zone is looked up for a few leads only.
                        (l.created_at >= w.latest_start and l.created_at < w.earliest_end)
                        or app.local_day(
                            l.created_at,
                            coalesce(
                                (
                                    select b.timezone
                                    from crm.branches as b
                                    where b.workspace_id = l.workspace_id and b.id = l.branch_id
                                ),
                                p.timezone
                            )
                        ) <@ daterange(p_from_day, p_to_day)
                    )
            ) as l
        ) as m on true
    )

    select
        f.workspace_id,
        f.partner_id,
        f.leads::bigint as leads_assigned,
        f.accepted::bigint as leads_accepted,
        f.rejected::bigint as leads_rejected,
        f.accepted / nullif(f.leads, 0) as conversion_rate,
        f.acceptance_seconds,
        f.acceptance_seconds / nullif(f.accepted, 0) / 60 as avg_response_time_minutes,
        f.contacted::bigint as leads_contacted,
        f.response_seconds,
        f.response_seconds / nullif(f.contacted, 0) / 60 as avg_first_response_time_minutes,
        extract(epoch from f.median_response) / 60 as median_first_response_time_minutes,
        f.contacted_1h::bigint as leads_contacted_within_1h,
        100 * f.contacted_1h / nullif(f.leads, 0) as pct_contacted_within_1h,
        f.contacted_24h::bigint as leads_contacted_within_24h,
        100 * f.contacted_24h / nullif(f.leads, 0) as pct_contacted_within_24h,
        f.won::bigint as won_leads,
        f.lost::bigint as lost_leads,
        f.won / nullif(f.won + f.lost, 0) as deal_rate,
        scoring.wilson_low(f.won, f.won + f.lost) as deal_rate_low,
        scoring.wilson_high(f.won, f.won + f.lost) as deal_rate_high,
        f.contact_attempts::bigint as contact_attempts,
        f.contact_attempts / nullif(f.leads, 0) as avg_contact_attempts_per_lead,
        f.leads_min_2_attempts::bigint as leads_min_2_attempts,
        100 * f.leads_min_2_attempts / nullif(f.leads, 0) as pct_leads_min_2_attempts,
        f.ratings::bigint as num_ratings,
        f.rating_sum::bigint as rating_sum,
        f.rating_sum / nullif(f.ratings, 0) as avg_customer_rating,
        f.complaints::bigint as complaints,
        f.complaints / nullif(f.leads, 0) as complaint_rate,
        f.valued::bigint as won_leads_valued,
        f.value_sum as deal_value_sum,
        f.value_sum / nullif(f.valued, 0) as avg_deal_value,
        metrics.median(f.deal_values) as median_deal_value,
        f.deal_values
    from side_by_side as f
$$;
alter function metrics.partner_performance(uuid, date, date) owner to leadboard_rollup;
-- No grant to leadboard_view: bound by policies, it would count a part of the leads.

comment on function metrics.partner_performance(uuid, date, date) is
'Partner figures of a workspace for the window of local days [from, to): one row per partner, rates unrounded with numerators and denominators; deal_values are the values of the won leads, ascending.';
