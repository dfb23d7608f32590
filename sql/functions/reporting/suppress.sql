-- Takes back what has not been sent: the waiting sendings of a subscription, all of them or those
-- to the addresses that it no longer has. A sending that a worker has in hand just now goes out.
create function reporting.suppress(
    p_workspace_id uuid, p_subscription_id uuid, p_reason text, p_only_removed boolean
)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_delivery_id uuid;
begin
    for v_delivery_id in
        with suppressed as (
            update reporting.delivery_recipients as r
            set
                status = 'suppressed',
                next_attempt_at = null,
                last_error_class = 'not_wanted',
                last_error = p_reason
            from reporting.deliveries as d
            where
                d.workspace_id = p_workspace_id
                and d.subscription_id = p_subscription_id
                and r.workspace_id = d.workspace_id
                and r.delivery_id = d.id
                and r.kind = 'report'
                and r.status in ('pending', 'failed')
                and not (
                    p_only_removed
                    and exists (
                        select from reporting.subscription_recipients as k
                        where
                            k.workspace_id = p_workspace_id
                            and k.subscription_id = p_subscription_id
                            and (k.email = r.email or k.secret_id = r.secret_id)
                    )
                )
            returning r.delivery_id
        )

        select distinct s.delivery_id
        from suppressed as s
        order by s.delivery_id
    loop
        perform reporting.settle_delivery(p_workspace_id, v_delivery_id);
    end loop;
end
$$;
alter function reporting.suppress(uuid, uuid, text, boolean) owner to leadboard_owner;

comment on function reporting.suppress(uuid, uuid, text, boolean) is
'Suppresses the waiting sendings of a subscription: all, or those to addresses it no longer has.';
