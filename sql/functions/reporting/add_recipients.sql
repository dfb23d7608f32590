-- Enqueues a delivery for more recipients, wanted by the caller. An address for which the delivery
-- waits already is left alone, so asking twice sends once.
create function reporting.add_recipients(
    p_delivery reporting.deliveries, p_method text, p_recipients text[], p_signing_key text
)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    d constant reporting.deliveries := p_delivery;
    v_recipient record;
begin
    perform reporting.refuse((
        select jsonb_agg(jsonb_build_object('field', f.field, 'message', f.message))
        from reporting.recipient_faults(p_method, p_recipients, p_signing_key, '{}') as f
    ));
    for v_recipient in
        select
            r.address,
            r.ordinal + coalesce(
                (
                    select max(k.position)
                    from reporting.delivery_recipients as k
                    where k.workspace_id = d.workspace_id and k.delivery_id = d.id
                ),
                0
            ) as position
        from unnest(p_recipients) with ordinality as r (address, ordinal)
        where not exists (
            select from reporting.delivery_recipients as k
            left join reporting.channel_secrets as c
                on c.workspace_id = k.workspace_id and c.id = k.secret_id
            where
                k.workspace_id = d.workspace_id
                and k.delivery_id = d.id
                and k.kind = 'report'
                and k.status in ('pending', 'claimed', 'failed')
                and (k.email = r.address or c.url = r.address)
        )
    loop
        insert into reporting.delivery_recipients (
            workspace_id, delivery_id, position, channel, email, secret_id, display,
            next_attempt_at, requested_by_user_id
        )
        values (
            d.workspace_id,
            d.id,
            v_recipient.position,
            p_method,
            case when p_method = 'email' then v_recipient.address end,
            case
                when p_method <> 'email' then reporting.keep_secret(
                    d.workspace_id, null, p_method, v_recipient.address, p_signing_key
                )
            end,
            case
                when p_method = 'email' then v_recipient.address
                else reporting.shown_url(v_recipient.address)
            end,
            app.now(),
            app.current_user_id()
        );
    end loop;
    update reporting.deliveries as u
    set delivery_method = p_method
    where u.workspace_id = d.workspace_id and u.id = d.id;
    perform reporting.settle_delivery(d.workspace_id, d.id);
end
$$;
alter function reporting.add_recipients(reporting.deliveries, text, text[], text)
owner to leadboard_owner;

comment on function reporting.add_recipients(reporting.deliveries, text, text[], text) is
'Enqueues a delivery for more recipients.';
