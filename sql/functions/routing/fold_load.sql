-- Folds the changes of load of a workspace into routing.partner_load. The caller holds the
-- workspace's routing lock, so nobody else folds; a change that is committed meanwhile stays for
-- the next fold. One statement: what is deleted and what is added up are seen at the same moment.
create function routing.fold_load(p_workspace_id uuid)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user_ids uuid[] := array(
        select distinct c.user_id
        from routing.load_changes as c
        where c.workspace_id = p_workspace_id
    );
begin
    if cardinality(v_user_ids) = 0 then
        return;
    end if;
    with gone as (
        delete from routing.load_changes as c
        where c.workspace_id = p_workspace_id and c.user_id = any(v_user_ids)
        returning c.user_id
    )

    insert into routing.partner_load as p (
        workspace_id, user_id, open_leads, day, routed_today, routed_this_month, last_lead_at
    )
    select
        p_workspace_id,
        l.user_id,
        l.open_leads,
        l.day,
        l.routed_today,
        l.routed_this_month,
        l.last_lead_at
    from routing.current_load(p_workspace_id) as l
    where l.user_id = any(v_user_ids) and l.user_id in (select g.user_id from gone as g)
    order by l.user_id
    on conflict (workspace_id, user_id) do update
    set
        open_leads = excluded.open_leads,
        day = excluded.day,
        routed_today = excluded.routed_today,
        routed_this_month = excluded.routed_this_month,
        updated_at = app.now();
end
$$;
alter function routing.fold_load(uuid) owner to leadboard_owner;

comment on function routing.fold_load(uuid) is
'Folds the logged changes of load of a workspace into routing.partner_load.';
