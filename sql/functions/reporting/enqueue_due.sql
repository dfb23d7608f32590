-- Enqueues what is due of all subscriptions: asked by the worker again and again, by any number of
-- workers at once (a subscription that another one is at is skipped). At most c_batch per call.
-- A report waits until the rollups hold all facts from before it was due, c_patience at most.
-- Returns one row per subscription whose report could not be made; it is tried again in a minute,
-- and the others are not held up.
create function reporting.enqueue_due()
returns table (workspace_id uuid, subscription_id uuid, error text)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    c_batch constant integer := 20;
    c_patience constant interval := '10 minutes';
    v_subscription reporting.subscriptions;
begin
    for v_subscription in
        select s.*
        from reporting.subscriptions as s
        where
            s.is_active
            and s.next_due_at <= app.now()
            and (
                s.next_due_at <= app.now() - c_patience
                or reporting.is_fresh(s.workspace_id, s.next_due_at)
            )
        order by s.next_due_at, s.workspace_id, s.id
        limit c_batch
        for update skip locked
    loop
        begin
            perform reporting.enqueue(v_subscription);
        exception
            when others then
                workspace_id := v_subscription.workspace_id;
                subscription_id := v_subscription.id;
                error := sqlstate || ': ' || sqlerrm;
                update reporting.subscriptions as s
                set next_due_at = app.now() + interval '1 minute'
                where s.workspace_id = v_subscription.workspace_id and s.id = v_subscription.id;
                return next;
        end;
    end loop;
end
$$;
alter function reporting.enqueue_due() owner to leadboard_owner;
grant execute on function reporting.enqueue_due() to leadboard_worker;

comment on function reporting.enqueue_due() is
'Makes and enqueues the reports that are due, each once; returns the subscriptions whose report could not be made.';
