-- What each partner of a workspace carries, changes not yet folded included.
-- Grain: one row per partner who ever carried something.
-- Reads: routing.partner_load, routing.load_changes.
-- The counts of a day and of its month are those of the latest day on which the partner was routed
-- a lead; on a later day they are 0 (see routing.evaluate).
create function routing.current_load(p_workspace_id uuid)
returns table (
    user_id uuid,
    open_leads integer,
    day date,
    routed_today integer,
    routed_this_month integer,
    last_lead_at timestamptz
)
language sql
stable
as $$
    select
        e.user_id,
        sum(e.open_leads)::integer,
        max(e.latest_day),
        coalesce(sum(e.routed_today) filter (where e.day = e.latest_day), 0)::integer,
        coalesce(
            sum(e.routed_this_month)
                filter (where date_trunc('month', e.day) = date_trunc('month', e.latest_day)),
            0
        )::integer,
        max(e.last_lead_at)
    from (
        select
            k.*,
            max(k.day) over (partition by k.user_id) as latest_day
        from (
            select
                l.user_id,
                l.open_leads,
                l.day,
                l.routed_today,
                l.routed_this_month,
                l.last_lead_at
            from routing.partner_load as l
            where l.workspace_id = p_workspace_id
            union all
            select
                c.user_id,
                c.open_delta,
                c.routed_on,
                c.routed_delta,
                c.routed_delta,
                null
            from routing.load_changes as c
            where c.workspace_id = p_workspace_id
        ) as k
    ) as e
    group by e.user_id
$$;
alter function routing.current_load(uuid) owner to leadboard_owner;

comment on function routing.current_load(uuid) is
'What each partner of a workspace carries at this moment: open leads, leads routed on the latest day and in its month.';
