-- Decides who gets a lead and carries it out: decision, credit, owner and offer in one transaction,
-- or nothing of it. The caller holds the workspace's routing lock and the lead FOR UPDATE, and has
-- ended an offer that the lead may have had. Returns the decision.
--
-- Too many refusals: the lead waits for a human. Nobody eligible: it waits until somebody is, with
-- the number of candidates per reason; tried again without change, only the reasons are renewed
-- and the former decision stands. Else, in this order: the partner of the same person if eligible
-- (sticky); with the settings' exploration_share a random eligible one (explored); the best.
-- The plan is kept and joins by hashing, as in routing.candidates.
-- probability is how likely the choice was under these settings: what simulations weigh it by.
create function routing.decide(
    p_workspace_id uuid, p_lead_id uuid, p_idempotency_key text, p_requested_by text
)
returns routing.lead_assignment_logs
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set jit = off
set plan_cache_mode = force_generic_plan
set enable_nestloop = off
as $$
declare
    v_began timestamptz := ops.wall_time();
    v_lead crm.leads;
    v_settings record;
    v_found record;
    v_former routing.lead_assignment_logs;
    v_decision routing.lead_assignment_logs;
    v_refused integer;
    v_explores boolean;
    v_sticky_user_id uuid := routing.sticky_partner(p_workspace_id, p_lead_id);
begin
    perform routing.fold_load(p_workspace_id);
    select * into v_lead
    from crm.leads as l
    where l.workspace_id = p_workspace_id and l.id = p_lead_id;
    select * into v_settings
    from routing.active_settings(p_workspace_id);
    select * into v_former
    from routing.lead_assignment_logs as d
    where d.workspace_id = p_workspace_id and d.lead_id = p_lead_id
    order by d.hop desc
    limit 1;
    select count(*) into v_refused
    from routing.lead_assignment_logs as d
    where
        d.workspace_id = p_workspace_id
        and d.lead_id = p_lead_id
        and d.outcome in ('rejected', 'timed_out');

    v_decision.workspace_id := p_workspace_id;
    v_decision.id := app.uuid_v7();
    v_decision.lead_id := p_lead_id;
    v_decision.hop := coalesce(v_former.hop, 0) + 1;
    v_decision.idempotency_key := p_idempotency_key;
    v_decision.settings_version := v_settings.version;
    v_decision.requested_by := p_requested_by;
    v_decision.decided_at := app.now();
    v_explores := routing.draw(p_lead_id, v_decision.hop, 'explore') < v_settings.exploration_share;

    with candidates as materialized (
        select e.*
        from routing.evaluate(p_workspace_id, p_lead_id) as e
    ),

    eligible as (
        select
            count(*) as n,
            floor(routing.draw(p_lead_id, v_decision.hop, 'choose') * count(*))::integer + 1 as drawn
        from candidates as c
        where c.is_eligible
    ),

    chosen as (
        select
            c.*,
            coalesce(c.user_id = v_sticky_user_id, false) as is_sticky
        from candidates as c
        cross join eligible as e
        where
            c.is_eligible
            and (
                c.rank = case when v_explores then e.drawn else 1 end
                or c.user_id = v_sticky_user_id
            )
        order by is_sticky desc
        limit 1
    )

    select
        e.n as eligible_count,
        (
            select
                jsonb_agg(
                    jsonb_build_object(
                        'partner_id', c.user_id,
                        'rank', case when c.is_eligible then c.rank end,
                        'refusals', to_jsonb(c.refusals),
                        'total', round(c.total, 4),
                        'region', c.region_part,
                        'region_match', c.region_match,
                        'industry_match', c.industry_match,
                        'performance', round(c.performance_part, 4),
                        'performance_basis', c.performance_basis,
                        'fairness', round(c.fairness_part, 4),
                        'credit', c.credit,
                        'share', c.share,
                        'open_leads', c.open_leads,
                        'routed_today', c.routed_today,
                        'routed_this_month', c.routed_this_month
                    )
                    order by c.is_eligible desc, c.rank
                )
            from candidates as c
        ) as candidates,
        (
            select jsonb_object_agg(r.code, r.n)
            from (
                select
                    f.code,
                    count(*) as n
                from candidates as c
                cross join unnest(c.refusals) as f (code)
                group by f.code
            ) as r
        ) as reasons,
        h.user_id,
        h.rank,
        h.is_sticky,
        h.credit,
        h.share,
        h.today,
        h.weights_version,
        h.curves_version
    into v_found
    from eligible as e
    left join chosen as h on true;

    v_decision.candidates := coalesce(v_found.candidates, '[]');
    v_decision.lead_snapshot := jsonb_strip_nulls(
        jsonb_build_object(
            'postcode', v_lead.postcode,
            'province', v_lead.province,
            'country', v_lead.country,
            'industry', (select i.name from crm.industries as i where i.id = v_lead.industry_id),
            'source', v_lead.source,
            'status', v_lead.status
        )
    );

    if v_refused >= v_settings.max_hops or v_found.user_id is null then
        v_decision.kind := case
            when v_refused >= v_settings.max_hops then 'human_queue' else 'unroutable'
        end;
        insert into routing.waiting_leads as w (
            workspace_id, lead_id, queue, reasons, hops, since, tried_at
        )
        values (
            p_workspace_id,
            p_lead_id,
            case v_decision.kind when 'human_queue' then 'human' else 'eligibility' end,
            coalesce(v_found.reasons, '{}'),
            v_refused,
            app.now(),
            app.now()
        )
        on conflict (workspace_id, lead_id) do update
        set
            queue = excluded.queue,
            reasons = excluded.reasons,
            hops = excluded.hops,
            tried_at = excluded.tried_at,
            updated_at = app.now();
        if v_former.kind = v_decision.kind and v_lead.owner_user_id is null then
            return v_former;
        end if;
        if v_lead.owner_user_id is not null then
            -- Nobody has it any longer.
            update crm.leads as l
            set owner_user_id = null
            where l.workspace_id = p_workspace_id and l.id = p_lead_id;
        end if;
    else
        v_decision.chosen_user_id := v_found.user_id;
        v_decision.routed_on := v_found.today;
        v_decision.kind := case
            when v_found.is_sticky then 'sticky'
            when v_explores and v_found.rank > 1 then 'explored'
            else 'best'
        end;
        v_decision.probability := case
            when v_found.is_sticky then 1
            else
                v_settings.exploration_share / v_found.eligible_count
                + case when v_found.rank = 1 then 1 - v_settings.exploration_share else 0 end
        end;
        v_decision.weights_version := v_found.weights_version;
        v_decision.curves_version := v_found.curves_version;
        v_decision.credit_before := v_found.credit;

        if not routing.take_place(p_workspace_id, v_found.user_id, v_found.today) then
            raise exception using
                errcode = 'LB409', message = 'The chosen partner has no place left. Please try again.';
        end if;
        perform routing.accrue(p_workspace_id, v_decision.candidates, v_found.user_id, 1);
        select c.credit into v_decision.credit_after
        from routing.partner_credit as c
        where c.workspace_id = p_workspace_id and c.user_id = v_found.user_id;
        update crm.leads as l
        set owner_user_id = v_found.user_id
        where l.workspace_id = p_workspace_id and l.id = p_lead_id;
    end if;

    v_decision.created_at := app.now();
    v_decision.updated_at := app.now();
    v_decision.latency_ms := extract(epoch from ops.wall_time() - v_began) * 1000;
    insert into routing.lead_assignment_logs
    values (v_decision.*);
    if v_decision.chosen_user_id is not null then
        insert into routing.offers (
            workspace_id, decision_id, lead_id, user_id, offered_at, deadline
        )
        values (
            p_workspace_id,
            v_decision.id,
            p_lead_id,
            v_decision.chosen_user_id,
            app.now(),
            app.now() + make_interval(mins => v_settings.accept_minutes)
        );
    end if;
    return v_decision;
end
$$;
alter function routing.decide(uuid, uuid, text, text) owner to leadboard_owner;

comment on function routing.decide(uuid, uuid, text, text) is
'Chooses a partner for a locked lead and carries it out, or puts the lead into a queue; returns the decision.';
