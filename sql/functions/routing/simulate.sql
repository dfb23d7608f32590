-- What other settings would have done: replays the leads that came in during [p_from, p_to), in
-- their order, and writes nothing. p_settings as in routing.change_settings; what it leaves out is
-- as now. Returns JSON:
--   leads, routed, unroutable; reasons: candidates refused per code, over all leads;
--   partners: [{partner_id, leads, share (of those routed), cap_hits (leads only a cap refused)}];
--   logged_decisions, actual_deals, expected_deals, effective_sample_size: each real decision of
--   those leads (draws and best ones, the last of a lead) is weighed by how likely these settings
--   were to make it over how likely it was made; expected_deals is the weighted sum of the won ones
--   (inverse propensity), effective_sample_size = (sum of weights)^2 / sum of squared weights. A
--   small one means that the past says little about these settings: raise explorationShare.
--
-- What is like now, not like then: profiles, and performance scores. Credit begins at 0. A lead
-- occupies its partner until the time it was really closed; whom partners had before is as it was.
-- Pauses, refusals and relations (sticky) are left out.
-- Cost: one look at all candidates per lead; LB413 beyond 2,000,000 looks.
create function routing.simulate(
    p_workspace_id uuid, p_from timestamptz, p_to timestamptz, p_settings jsonb default '{}'
)
returns jsonb
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
    c_most_looks constant integer := 2000000;
    v_active record;
    v_region integer;
    v_performance integer;
    v_fairness integer;
    v_exploration numeric;
    -- Per candidate, all in the order of v_user_ids.
    v_user_ids uuid[];
    v_zones text[];
    v_scores numeric[];
    v_open integer[];
    v_day date[];
    v_today integer[];
    v_month integer[];
    v_credit numeric[];
    v_last timestamptz[];
    v_leads integer[];
    v_hits integer[];
    -- Who got each replayed lead, and when leads close.
    v_got integer[] := '{}';
    v_closings record;
    v_closing_count integer;
    v_closed integer := 1;
    v_place integer;
    v_lead record;
    v_found record;
    v_day_now date;
    v_count integer := 0;
    v_routed integer := 0;
    v_reasons jsonb := '{}';
    v_weight numeric;
    v_logged integer := 0;
    v_won integer := 0;
    v_expected numeric := 0;
    v_sum numeric := 0;
    v_squares numeric := 0;
begin
    perform routing.require_right(p_workspace_id);
    if p_from is null or p_to is null or not p_from < p_to then
        raise exception using errcode = 'LB400', message = 'The period begins before it ends.';
    end if;
    perform routing.refuse_faulty_settings(p_workspace_id, p_settings);
    select * into v_active
    from routing.active_settings(p_workspace_id);
    v_region := coalesce((p_settings ->> 'regionWeight')::numeric, v_active.region_weight);
    v_performance := coalesce((p_settings ->> 'performanceWeight')::numeric, v_active.performance_weight);
    v_fairness := coalesce((p_settings ->> 'fairnessWeight')::numeric, v_active.fairness_weight);
    v_exploration := coalesce((p_settings ->> 'explorationShare')::numeric, v_active.exploration_share);

    select
        coalesce(array_agg(c.user_id order by c.user_id), '{}') as user_ids,
        array_agg(c.zone order by c.user_id) as zones,
        array_agg(coalesce(c.score, c.mean_score, 50) order by c.user_id) as scores,
        array_agg(0 order by c.user_id) as zeros,
        array_agg(null::date order by c.user_id) as days,
        array_agg(null::timestamptz order by c.user_id) as times,
        array_agg(0::numeric order by c.user_id) as credits
    into v_found
    from (
        select
            p.user_id,
            coalesce(b.timezone, w.timezone) as zone,
            s.performance_score as score,
            (
                select avg(a.performance_score)
                from stats.partner_performance_stats as a
                where a.workspace_id = p_workspace_id
            ) as mean_score
        from crm.profiles as p
        inner join crm.members as m on m.workspace_id = p.workspace_id and m.user_id = p.user_id
        inner join crm.workspaces as w on w.workspace_id = p.workspace_id
        left join crm.branches as b on b.workspace_id = m.workspace_id and b.id = m.branch_id
        left join stats.partner_performance_stats as s
            on s.workspace_id = p.workspace_id and s.partner_id = p.user_id
        where p.workspace_id = p_workspace_id
    ) as c;
    v_user_ids := v_found.user_ids;
    v_zones := v_found.zones;
    v_scores := v_found.scores;
    v_open := v_found.zeros;
    v_today := v_found.zeros;
    v_month := v_found.zeros;
    v_leads := v_found.zeros;
    v_hits := v_found.zeros;
    v_day := v_found.days;
    v_last := v_found.times;
    v_credit := v_found.credits;

    select count(*) into v_count
    from crm.leads as l
    where l.workspace_id = p_workspace_id and l.created_at >= p_from and l.created_at < p_to;
    if v_count::bigint * greatest(cardinality(v_user_ids), 1) > c_most_looks then
        raise exception using
            errcode = 'LB413',
            message = 'The period holds too many leads to replay. Please take a shorter one.';
    end if;

    -- Leads that partners had open at the beginning, by place; they close when they really did.
    for v_lead in
        select
            array_position(v_user_ids, l.owner_user_id) as place,
            count(*)::integer as n
        from crm.leads as l
        where
            l.workspace_id = p_workspace_id
            and l.owner_user_id = any(v_user_ids)
            and l.created_at < p_from
            and (crm.is_open(l.status) or l.status_changed_at > p_from)
        group by l.owner_user_id
    loop
        v_open[v_lead.place] := v_lead.n;
    end loop;

    -- What closes, in order: ordinal of a replayed lead, or minus the place of who had it before.
    select
        coalesce(array_agg(c.closed_at order by c.closed_at, c.ordinal), '{}') as times,
        coalesce(array_agg(c.ordinal order by c.closed_at, c.ordinal), '{}') as ordinals
    into v_closings
    from (
        select
            l.status_changed_at as closed_at,
            -array_position(v_user_ids, l.owner_user_id) as ordinal
        from crm.leads as l
        where
            l.workspace_id = p_workspace_id
            and l.owner_user_id = any(v_user_ids)
            and l.created_at < p_from
            and not crm.is_open(l.status)
            and l.status_changed_at > p_from
            and l.status_changed_at < p_to
        union all
        select
            r.closed_at,
            r.ordinal
        from (
            select
                case when not crm.is_open(l.status) then l.status_changed_at end as closed_at,
                row_number() over (order by l.created_at, l.id)::integer as ordinal
            from crm.leads as l
            where l.workspace_id = p_workspace_id and l.created_at >= p_from and l.created_at < p_to
        ) as r
        where r.closed_at < p_to
    ) as c;
    v_closing_count := cardinality(v_closings.times);

    for v_lead in
        select
            l.id,
            l.created_at,
            l.province,
            routing.postcode_starts(l.postcode) as postcode_starts,
            i.name as industry,
            crm.is_won(l.status, l.won_at) and l.owner_user_id = d.chosen_user_id as is_won,
            d.chosen_user_id as logged_user_id,
            d.probability
        from crm.leads as l
        left join crm.industries as i on i.id = l.industry_id
        left join lateral (
            select
                k.chosen_user_id,
                k.probability
            from routing.lead_assignment_logs as k
            where
                k.workspace_id = l.workspace_id
                and k.lead_id = l.id
                and k.kind in ('best', 'explored')
                and k.probability > 0
            order by k.hop desc
            limit 1
        ) as d on true
        where l.workspace_id = p_workspace_id and l.created_at >= p_from and l.created_at < p_to
        order by l.created_at, l.id
    loop
        while v_closed <= v_closing_count and v_closings.times[v_closed] <= v_lead.created_at loop
            v_place := v_closings.ordinals[v_closed];
            v_place := case when v_place < 0 then -v_place else v_got[v_place] end;
            if v_place is not null then
                v_open[v_place] := v_open[v_place] - 1;
            end if;
            v_closed := v_closed + 1;
        end loop;

        with candidates as (
            select
                c.place,
                c.credit,
                c.last_at,
                p.user_id,
                p.base_weight,
                p.routing_priority,
                c.score,
                routing.region_fit(
                    routing.region_match(
                        v_lead.postcode_starts, v_lead.province, p.lead_locations, p.regions
                    )
                ) as region,
                m.deactivated_at <= v_lead.created_at as is_deactivated,
                not p.is_active_for_routing as is_inactive,
                routing.industry_match(v_lead.industry, p.lead_industries) is null as is_foreign,
                c.open >= p.max_open_leads as is_open_capped,
                c.day = app.local_day(v_lead.created_at, c.zone)
                and c.today >= p.daily_cap
                or p.daily_cap = 0 as is_day_capped,
                date_trunc('month', c.day) = date_trunc('month', app.local_day(v_lead.created_at, c.zone))
                and c.month >= p.monthly_cap
                or p.monthly_cap = 0 as is_month_capped
            from unnest(
                v_user_ids, v_zones, v_scores, v_open, v_day, v_today, v_month, v_credit, v_last
            ) with ordinality
                as c (user_id, zone, score, open, day, today, month, credit, last_at, place)
            inner join crm.profiles as p
                on p.workspace_id = p_workspace_id and p.user_id = c.user_id
            inner join crm.members as m on m.workspace_id = p.workspace_id and m.user_id = p.user_id
        ),

        judged as (
            select
                c.*,
                array_remove(
                    array[
                        case when c.is_deactivated then 'deactivated' end,
                        case when c.is_inactive then 'inactive' end,
                        case when c.is_foreign then 'industry' end,
                        case when c.region is null then 'region' end
                    ],
                    null
                ) as others,
                array_remove(
                    array[
                        case when c.is_open_capped then 'open_cap' end,
                        case when c.is_day_capped then 'daily_cap' end,
                        case when c.is_month_capped then 'monthly_cap' end
                    ],
                    null
                ) as caps
            from candidates as c
        ),

        ranked as (
            select
                j.*,
                cardinality(j.others) + cardinality(j.caps) = 0 as is_eligible,
                case
                    when cardinality(j.others) + cardinality(j.caps) = 0
                        then round(
                            j.base_weight / sum(j.base_weight) over (
                                partition by cardinality(j.others) + cardinality(j.caps) = 0
                            ),
                            12
                        )
                    else 0
                end as share,
                row_number() over (
                    partition by cardinality(j.others) + cardinality(j.caps) = 0
                    order by
                        routing.total_score(
                            j.region,
                            j.score,
                            routing.fairness_score(j.credit),
                            v_region,
                            v_performance,
                            v_fairness
                        ) desc,
                        j.routing_priority desc,
                        j.last_at nulls first,
                        j.user_id
                ) as rank
            from judged as j
        ),

        eligible as (
            select
                count(*) as n,
                case
                    when routing.draw(v_lead.id, 1, 'explore') < v_exploration
                        then floor(routing.draw(v_lead.id, 1, 'choose') * count(*)) + 1
                    else 1
                end as taken
            from ranked as r
            where r.is_eligible
        ),

        chosen as (
            select r.place
            from ranked as r
            cross join eligible as e
            where r.is_eligible and r.rank = e.taken
        )

        select
            (select c.place from chosen as c)::integer as place,
            (select e.n from eligible as e) as n,
            max(r.user_id::text) filter (where r.is_eligible and r.rank = 1) as best_user_id,
            bool_or(r.is_eligible and r.user_id = v_lead.logged_user_id) as logged_is_eligible,
            array_agg(
                r.credit + r.share - case
                    when r.place = (select c.place from chosen as c)
                        then (select sum(k.share) from ranked as k)
                    else 0
                end
                order by r.place
            ) as credit,
            array_agg(r.place) filter (where cardinality(r.others) = 0 and cardinality(r.caps) > 0)
                as capped,
            (
                select jsonb_object_agg(k.code, k.n + coalesce((v_reasons ->> k.code)::integer, 0))
                from (
                    select
                        f.code,
                        count(*) as n
                    from ranked as k
                    cross join unnest(k.others || k.caps) as f (code)
                    group by f.code
                ) as k
            ) as reasons
        into v_found
        from ranked as r;

        v_got := v_got || v_found.place;
        v_reasons := v_reasons || coalesce(v_found.reasons, '{}');
        foreach v_place in array coalesce(v_found.capped, '{}') loop
            v_hits[v_place] := v_hits[v_place] + 1;
        end loop;
        if v_found.place is not null then
            v_place := v_found.place;
            v_day_now := app.local_day(v_lead.created_at, v_zones[v_place]);
            v_credit := v_found.credit;
            v_routed := v_routed + 1;
            v_leads[v_place] := v_leads[v_place] + 1;
            v_open[v_place] := v_open[v_place] + 1;
            v_month[v_place] := 1 + case
                when date_trunc('month', v_day[v_place]) = date_trunc('month', v_day_now)
                    then v_month[v_place]
                else 0
            end;
            v_today[v_place] := 1 + case when v_day[v_place] = v_day_now then v_today[v_place] else 0 end;
            v_day[v_place] := v_day_now;
            v_last[v_place] := v_lead.created_at;
        end if;

        if v_lead.logged_user_id is not null then
            v_weight := 0;
            if v_found.logged_is_eligible then
                v_weight := (
                    v_exploration / v_found.n
                    + case
                        when v_found.best_user_id = v_lead.logged_user_id::text then 1 - v_exploration
                        else 0
                    end
                ) / v_lead.probability;
            end if;
            v_logged := v_logged + 1;
            v_sum := v_sum + v_weight;
            v_squares := v_squares + v_weight * v_weight;
            if v_lead.is_won then
                v_won := v_won + 1;
                v_expected := v_expected + v_weight;
            end if;
        end if;
    end loop;

    return jsonb_build_object(
        'leads', v_count,
        'routed', v_routed,
        'unroutable', v_count - v_routed,
        'reasons', v_reasons,
        'partners', (
            select
                coalesce(
                    jsonb_agg(
                        jsonb_build_object(
                            'partner_id', r.user_id,
                            'partner_name', routing.person_name(r.user_id),
                            'leads', r.leads,
                            'share', round(r.leads::numeric / nullif(v_routed, 0), 4),
                            'cap_hits', r.hits
                        )
                        order by r.leads desc, r.user_id
                    ),
                    '[]'
                )
            from unnest(v_user_ids, v_leads, v_hits) as r (user_id, leads, hits)
        ),
        'logged_decisions', v_logged,
        'actual_deals', v_won,
        'expected_deals', case when v_logged > 0 then round(v_expected, 4) end,
        'effective_sample_size', case when v_logged > 0 then round(v_sum * v_sum / nullif(v_squares, 0), 2) end
    );
end
$$;
alter function routing.simulate(uuid, timestamptz, timestamptz, jsonb) owner to leadboard_owner;
grant execute on function routing.simulate(uuid, timestamptz, timestamptz, jsonb)
to leadboard_router, leadboard_api;

comment on function routing.simulate(uuid, timestamptz, timestamptz, jsonb) is
'Replays past leads under other settings without writing: shares, cap hits, unroutable, expected deals with effective sample size.';
