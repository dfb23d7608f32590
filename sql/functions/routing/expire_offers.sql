-- What time does in routing, for every workspace of the caller's (operators: all): offers past
-- their deadline time out and the lead goes to the next candidate; leads that wait for somebody
-- eligible are tried again; changes of load are folded. At most c_batch of each per call; the
-- worker asks again while routing.due_workspaces() names any. Returns how many offers ended and
-- leads were tried. Lock order: routing.lock_workspace, workspaces by key. An offer or lead that
-- another session is about to end is skipped and looked at the next time.
create function routing.expire_offers()
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    c_batch constant integer := 100;
    v_done integer := 0;
    v_workspace_id uuid;
    v_offer record;
begin
    for v_workspace_id in
        select d.id
        from routing.due_workspaces() as d (id)
        order by d.id
    loop
        perform routing.lock_workspace(v_workspace_id);
        for v_offer in
            select
                f.lead_id,
                f.decision_id
            from routing.offers as f
            inner join crm.leads as l on l.workspace_id = f.workspace_id and l.id = f.lead_id
            where f.workspace_id = v_workspace_id and f.deadline <= app.now()
            order by f.deadline, f.lead_id
            limit c_batch
            for update of f, l skip locked
        loop
            perform routing.end_offer(v_workspace_id, v_offer.decision_id, 'timed_out', null);
            perform routing.decide(v_workspace_id, v_offer.lead_id, null, routing.requester());
            v_done := v_done + 1;
        end loop;

        -- A place became free: whoever waits is tried at once.
        if exists (
            select from routing.load_changes as c
            where c.workspace_id = v_workspace_id and (c.open_delta < 0 or c.routed_delta < 0)
        ) then
            update routing.waiting_leads as w
            set tried_at = '-infinity', updated_at = app.now()
            where
                w.workspace_id = v_workspace_id
                and w.queue = 'eligibility'
                and w.tried_at > '-infinity'
                and w.tried_at < app.now();
        end if;
        perform routing.fold_load(v_workspace_id);
        v_done := v_done + routing.retry_waiting(v_workspace_id, c_batch);
        perform routing.fold_load(v_workspace_id);
    end loop;
    return v_done;
end
$$;
alter function routing.expire_offers() owner to leadboard_owner;
grant execute on function routing.expire_offers() to leadboard_router, leadboard_ops;

comment on function routing.expire_offers() is
'Ends offers past their deadline and routes on, tries waiting leads again, folds loads; returns how many leads were looked at.';
