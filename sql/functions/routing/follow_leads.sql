-- Follows every change of crm.leads, by whatever path: what partners carry, offers that were
-- answered by deed or overtaken, and leads that need not wait any longer.
--
-- Loads are appended to routing.load_changes, one row per statement and partner, so no writer waits
-- for another here. An offer counts as accepted when the partner, still the owner, moved the lead
-- on or got in touch; it is withdrawn when the lead has another owner or was closed. Routing itself
-- ends an offer before it changes the lead, so it finds nothing here. An erased lead loses its
-- postcode and the partners' words from its decisions. Locks: offers, waiting rows and decisions of
-- the leads that the statement has locked.
create function routing.follow_leads()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op = 'TRUNCATE' then
        delete from routing.load_changes;
        update routing.partner_load
        set open_leads = 0, routed_today = 0, routed_this_month = 0, updated_at = app.now();
        return null;
    elsif tg_op = 'INSERT' then
        insert into routing.load_changes (workspace_id, user_id, open_delta, routed_delta)
        select
            n.workspace_id,
            n.owner_user_id,
            count(*),
            0
        from new_rows as n
        where n.owner_user_id is not null and crm.is_open(n.status)
        group by n.workspace_id, n.owner_user_id;
        return null;
    elsif tg_op = 'DELETE' then
        insert into routing.load_changes (workspace_id, user_id, open_delta, routed_delta)
        select
            o.workspace_id,
            o.owner_user_id,
            -count(*),
            0
        from old_rows as o
        where o.owner_user_id is not null and crm.is_open(o.status)
        group by o.workspace_id, o.owner_user_id;
        return null;
    end if;

    insert into routing.load_changes (workspace_id, user_id, open_delta, routed_delta)
    select
        c.workspace_id,
        c.owner_user_id,
        sum(c.delta),
        0
    from (
        select
            o.workspace_id,
            o.owner_user_id,
            -1 as delta
        from old_rows as o
        where o.owner_user_id is not null and crm.is_open(o.status)
        union all
        select
            n.workspace_id,
            n.owner_user_id,
            1
        from new_rows as n
        where n.owner_user_id is not null and crm.is_open(n.status)
    ) as c
    group by c.workspace_id, c.owner_user_id
    having sum(c.delta) <> 0;

    if exists (select from routing.offers) then
        with ended as (
            delete from routing.offers as f
            using
                old_rows as o,
                new_rows as n
            where
                f.workspace_id = n.workspace_id
                and f.lead_id = n.id
                and o.workspace_id = n.workspace_id
                and o.id = n.id
                and (
                    n.owner_user_id is distinct from f.user_id
                    or n.status is distinct from o.status
                    or (n.first_contact_at is not null and o.first_contact_at is null)
                )
            returning
                f.workspace_id,
                f.decision_id,
                case
                    when n.owner_user_id is distinct from f.user_id then 'withdrawn'
                    when n.status in ('rejected', 'lost') then 'withdrawn'
                    else 'accepted'
                end as outcome
        )

        update routing.lead_assignment_logs as d
        set outcome = e.outcome, outcome_at = app.now(), updated_at = app.now()
        from ended as e
        where d.workspace_id = e.workspace_id and d.id = e.decision_id;
    end if;

    if exists (select from routing.waiting_leads) then
        delete from routing.waiting_leads as w
        using new_rows as n
        where
            w.workspace_id = n.workspace_id
            and w.lead_id = n.id
            and (n.owner_user_id is not null or not crm.is_open(n.status));
    end if;

    if exists (
        select
        from new_rows as n
        where n.erased_at is not null
    ) then
        update routing.lead_assignment_logs as d
        set
            lead_snapshot = d.lead_snapshot - 'postcode',
            outcome_reason = null,
            updated_at = app.now()
        from new_rows as n
        where
            n.erased_at is not null
            and d.workspace_id = n.workspace_id
            and d.lead_id = n.id
            and (d.lead_snapshot ? 'postcode' or d.outcome_reason is not null);
    end if;
    return null;
end
$$;
alter function routing.follow_leads() owner to leadboard_owner;

comment on function routing.follow_leads() is
'Trigger: keeps loads, offers and waiting leads true when leads change by any path.';
