-- Tries leads again that wait for somebody eligible, longest waiting first: those last tried a
-- minute ago, or woken. The caller holds the workspace's routing lock. Returns how many were tried.
-- When nobody is eligible still, only the reasons are renewed (routing.decide).
create function routing.retry_waiting(p_workspace_id uuid, p_limit integer)
returns integer
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_lead_id uuid;
    v_done integer := 0;
begin
    for v_lead_id in
        select w.lead_id
        from routing.waiting_leads as w
        inner join crm.leads as l on l.workspace_id = w.workspace_id and l.id = w.lead_id
        where
            w.workspace_id = p_workspace_id
            and w.queue = 'eligibility'
            and w.tried_at <= app.now() - interval '1 minute'
        order by w.tried_at > '-infinity', w.since, w.lead_id
        limit p_limit
        for update of w, l skip locked
    loop
        perform routing.decide(p_workspace_id, v_lead_id, null, routing.requester());
        v_done := v_done + 1;
    end loop;
    return v_done;
end
$$;
alter function routing.retry_waiting(uuid, integer) owner to leadboard_owner;

comment on function routing.retry_waiting(uuid, integer) is
'Tries waiting leads of a workspace again; returns how many.';
