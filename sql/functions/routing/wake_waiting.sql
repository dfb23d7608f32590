-- A profile or membership changed: somebody may have become eligible, so the workspace's
-- leads that wait for that are tried at the worker's next look. Locks: waiting rows, by key.
create function routing.wake_waiting()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    update routing.waiting_leads as w
    set tried_at = '-infinity', updated_at = app.now()
    from (
        select
            k.workspace_id,
            k.lead_id
        from routing.waiting_leads as k
        where
            k.workspace_id in (select n.workspace_id from new_rows as n)
            and k.queue = 'eligibility'
            and k.tried_at <> '-infinity'
        order by k.workspace_id, k.lead_id
        for update
    ) as c
    where w.workspace_id = c.workspace_id and w.lead_id = c.lead_id;
    return null;
end
$$;
alter function routing.wake_waiting() owner to leadboard_owner;

comment on function routing.wake_waiting() is
'Trigger: has waiting leads tried again at once when somebody may have become eligible.';
