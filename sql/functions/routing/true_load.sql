-- The definition of what partners carry: counted from the leads and the decisions themselves. The
-- counts of routed leads are of the latest day on which there was one, and of its month; a lead
-- that the partner rejected gave its place back. Grain: one row per partner with an open lead or a
-- routed one. Reads: crm.leads, routing.lead_assignment_logs.
create function routing.true_load(p_workspace_id uuid)
returns table (
    user_id uuid, open_leads integer, day date, routed_today integer, routed_this_month integer
)
language sql
stable
as $$
    select
        e.user_id,
        sum(e.open_leads)::integer,
        max(e.latest_day),
        coalesce(sum(e.routed) filter (where e.day = e.latest_day), 0)::integer,
        coalesce(
            sum(e.routed)
                filter (where date_trunc('month', e.day) = date_trunc('month', e.latest_day)),
            0
        )::integer
    from (
        select
            k.*,
            max(k.day) over (partition by k.user_id) as latest_day
        from (
            select
                l.owner_user_id as user_id,
                count(*) as open_leads,
                null::date as day,
                0 as routed
            from crm.leads as l
            where
                l.workspace_id = p_workspace_id
                and l.owner_user_id is not null
                and crm.is_open(l.status)
            group by l.owner_user_id
            union all
            select
                d.chosen_user_id,
                0,
                d.routed_on,
                count(*) filter (where d.outcome is distinct from 'rejected')
            from routing.lead_assignment_logs as d
            where d.workspace_id = p_workspace_id and d.chosen_user_id is not null
            group by d.chosen_user_id, d.routed_on
        ) as k
    ) as e
    group by e.user_id
$$;
alter function routing.true_load(uuid) owner to leadboard_owner;

comment on function routing.true_load(uuid) is
'What each partner of a workspace carries, counted from leads and decisions: the definition of routing.partner_load.';
