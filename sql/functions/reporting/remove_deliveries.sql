-- Removes deliveries that have been over for p_days, p_batch of them at most, with their recipients
-- and the webhooks that were given for them alone. What waits to be sent, or to be tried again,
-- stays, however old it is. Returns how many are gone.
--
-- Subscriptions remember the last day they were due by themselves (last_due_on), so nothing is made
-- a second time. Lock: the deliveries, of which those that somebody else is at are left for the
-- next time; after that they are looked at again, since one may just have been sent once more
-- (reporting.own_delivery locks it, too).
create function reporting.remove_deliveries(p_days integer, p_batch integer default 200)
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_before constant timestamptz := app.now() - make_interval(days => p_days);
    v_workspaces uuid[];
    v_ids uuid[];
    v_removed integer;
begin
    select
        array_agg(l.workspace_id),
        array_agg(l.id)
    into v_workspaces, v_ids
    from (
        select
            d.workspace_id,
            d.id
        from reporting.old_deliveries(v_before, p_batch) as o
        inner join reporting.deliveries as d on d.workspace_id = o.workspace_id and d.id = o.id
        order by
            d.workspace_id,
            d.id
        for update of d skip locked
    ) as l;

    delete from reporting.deliveries as d
    using unnest(v_workspaces, v_ids) as k (workspace_id, id)
    where
        d.workspace_id = k.workspace_id
        and d.id = k.id
        and reporting.is_over(d.workspace_id, d.id, v_before);
    get diagnostics v_removed = row_count;

    delete from reporting.channel_secrets as c
    where
        c.workspace_id = any(v_workspaces)
        and c.subscription_id is null
        and c.created_at < v_before
        and not exists (
            select from reporting.delivery_recipients as r
            where r.workspace_id = c.workspace_id and r.secret_id = c.id
        );
    return v_removed;
end
$$;
alter function reporting.remove_deliveries(integer, integer) owner to leadboard_owner;
grant execute on function reporting.remove_deliveries(integer, integer) to leadboard_worker;

comment on function reporting.remove_deliveries(integer, integer) is
'Removes deliveries that have been over for so many days, a batch at most, with recipients and webhooks of their own; returns how many.';
