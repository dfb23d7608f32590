-- A worker reports what became of a sending it had claimed. False, and nothing happens, when the
-- claim is no longer its own (another worker has taken over after the lease).
-- p_outcome:
--   sent       the mail server or webhook has taken it;
--   transient  tried again: after 30 s, doubled with each attempt up to an hour, half to one and a
--              half times that by chance, never before p_retry_after seconds; dead after
--              c_attempts;
--   permanent  dead;
--   gone       dead, and the webhook is no more: its subscription is paused, and its creator told
--              by e-mail.
-- Lock order, here as in the functions that change subscriptions: the subscription (only when it is
-- to be paused), then its sendings, then the delivery.
create function reporting.finish_delivery(
    p_workspace_id uuid,
    p_id uuid,
    p_token bigint,
    p_outcome text,
    p_error_class text default null,
    p_error text default null,
    p_retry_after integer default null
)
returns boolean
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    c_attempts constant integer := 12;
    v_sending reporting.delivery_recipients;
    v_subscription_id uuid;
begin
    if p_outcome = 'gone' then
        perform 1
        from reporting.delivery_recipients as r
        inner join reporting.deliveries as d
            on d.workspace_id = r.workspace_id and d.id = r.delivery_id
        inner join reporting.subscriptions as s
            on s.workspace_id = d.workspace_id and s.id = d.subscription_id
        where r.workspace_id = p_workspace_id and r.id = p_id
        for update of s;
    end if;

    update reporting.delivery_recipients as r
    set
        status = case
            when p_outcome = 'sent' then 'sent'
            when p_outcome = 'transient' and r.attempts < c_attempts then 'failed'
            else 'dead'
        end,
        next_attempt_at = case
            when p_outcome = 'transient' and r.attempts < c_attempts
                then app.now() + greatest(
                    least(power(2, r.attempts - 1) * 30, 3600) * (0.5 + random()),
                    least(coalesce(p_retry_after, 0), 86400)
                ) * interval '1 second'
        end,
        lease_until = null,
        sent_at = case when p_outcome = 'sent' then app.now() end,
        last_error_class = case when p_outcome <> 'sent' then left(p_error_class, 60) end,
        last_error = case when p_outcome <> 'sent' then left(p_error, 1000) end
    where
        r.workspace_id = p_workspace_id
        and r.id = p_id
        and r.token = p_token
        and r.status = 'claimed'
    returning r.* into v_sending;
    if not found then
        return false;
    end if;
    perform reporting.settle_delivery(p_workspace_id, v_sending.delivery_id);

    if p_outcome = 'gone' and v_sending.kind = 'report' then
        update reporting.subscriptions as s
        set
            is_active = false,
            paused_reason = format('The webhook %s does not exist any more.', v_sending.display)
        from reporting.deliveries as d
        where
            d.workspace_id = p_workspace_id
            and d.id = v_sending.delivery_id
            and s.workspace_id = d.workspace_id
            and s.id = d.subscription_id
            and s.is_active
        returning s.id into v_subscription_id;
        if found then
            perform reporting.suppress(
                p_workspace_id, v_subscription_id, 'The subscription is paused.', false
            );
            insert into reporting.delivery_recipients (
                workspace_id, delivery_id, kind, position, channel, email, display,
                next_attempt_at, requested_by_user_id
            )
            select
                p_workspace_id,
                v_sending.delivery_id,
                'notice',
                v_sending.position,
                'email',
                u.email,
                u.email,
                app.now(),
                u.id
            from reporting.subscriptions as s
            inner join crm.users as u on u.id = s.created_by_user_id
            where
                s.workspace_id = p_workspace_id
                and s.id = v_subscription_id
                and u.email is not null;
        end if;
    end if;
    return true;
end
$$;
alter function reporting.finish_delivery(uuid, uuid, bigint, text, text, text, integer)
owner to leadboard_owner;
grant execute on function reporting.finish_delivery(
    uuid, uuid, bigint, text, text, text, integer
) to leadboard_worker;

comment on function reporting.finish_delivery(uuid, uuid, bigint, text, text, text, integer) is
'Notes what became of a claimed sending (sent, transient, permanent, gone); false when the claim was taken over.';
