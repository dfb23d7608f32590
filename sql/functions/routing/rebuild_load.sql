-- Counts what partners carry again, from leads and decisions: after a load that bypassed the
-- triggers. Called by ops.rebuild. Lock: the workspace's routing lock. One statement sees facts and
-- pending changes at the same moment; what is committed later is logged and folded later.
create function routing.rebuild_load(p_workspace_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform routing.lock_workspace(p_workspace_id);
    with gone as (
        delete from routing.load_changes as c
        where c.workspace_id = p_workspace_id
        returning c.user_id
    ),

    counted as (
        select
            u.user_id,
            coalesce(t.open_leads, 0) as open_leads,
            t.day,
            coalesce(t.routed_today, 0) as routed_today,
            coalesce(t.routed_this_month, 0) as routed_this_month
        from (
            select l.user_id
            from routing.partner_load as l
            where l.workspace_id = p_workspace_id
            union
            select g.user_id
            from gone as g
            union
            select d.user_id
            from routing.true_load(p_workspace_id) as d
        ) as u
        left join routing.true_load(p_workspace_id) as t on t.user_id = u.user_id
    )

    insert into routing.partner_load as p (
        workspace_id, user_id, open_leads, day, routed_today, routed_this_month
    )
    select
        p_workspace_id,
        c.user_id,
        c.open_leads,
        c.day,
        c.routed_today,
        c.routed_this_month
    from counted as c
    order by c.user_id
    on conflict (workspace_id, user_id) do update
    set
        open_leads = excluded.open_leads,
        day = excluded.day,
        routed_today = excluded.routed_today,
        routed_this_month = excluded.routed_this_month,
        updated_at = app.now();
end
$$;
alter function routing.rebuild_load(uuid) owner to leadboard_owner;
grant execute on function routing.rebuild_load(uuid) to leadboard_rollup;

comment on function routing.rebuild_load(uuid) is
'Counts what the partners of a workspace carry again, from leads and decisions.';
