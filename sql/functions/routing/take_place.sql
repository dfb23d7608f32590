-- Takes a place under a partner's caps, or says that there is none: the invariant behind every
-- assignment. The row is locked by the update and changed by nobody else while the workspace's
-- routing lock is held. The counts themselves follow by trigger: open_leads with the lead's owner,
-- the routed ones with the decision.
create function routing.take_place(p_workspace_id uuid, p_user_id uuid, p_today date)
returns boolean
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into routing.partner_load as l (workspace_id, user_id)
    values (p_workspace_id, p_user_id)
    on conflict (workspace_id, user_id) do nothing;

    update routing.partner_load as l
    set last_lead_at = app.now(), updated_at = app.now()
    from crm.profiles as p
    where
        l.workspace_id = p_workspace_id
        and l.user_id = p_user_id
        and p.workspace_id = l.workspace_id
        and p.user_id = l.user_id
        and (p.max_open_leads is null or l.open_leads < p.max_open_leads)
        and (
            p.daily_cap is null
            or case when l.day >= p_today then l.routed_today else 0 end < p.daily_cap
        )
        and (
            p.monthly_cap is null
            or case
                when l.day >= date_trunc('month', p_today)::date then l.routed_this_month
                else 0
            end < p.monthly_cap
        );
    return found;
end
$$;
alter function routing.take_place(uuid, uuid, date) owner to leadboard_owner;

comment on function routing.take_place(uuid, uuid, date) is
'Takes a place under the caps of a partner; false when a cap is reached.';
