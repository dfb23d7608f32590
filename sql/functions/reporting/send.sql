-- Sends a report that was made once more, with the same figures: to the recipients given, or to
-- everybody who has had it or was to have it, else to those of its subscription. Returns its key.
-- LB400, LB403, LB404; LB409 when there is nobody to send it to.
create function reporting.send(p_workspace_id uuid, p_request jsonb)
returns uuid
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    p constant jsonb := p_request;
    v_delivery reporting.deliveries;
    v_method text;
    v_key text := p ->> 'signing_key';
    v_recipients text[] := case
        when jsonb_typeof(p -> 'recipients') = 'array'
            then array(select jsonb_array_elements_text(p -> 'recipients'))
    end;
begin
    v_delivery := reporting.own_delivery(p_workspace_id, (p ->> 'delivery_id')::uuid);
    v_method := coalesce(p ->> 'delivery_method', v_delivery.delivery_method, 'email');
    if v_recipients is null then
        select
            array_agg(a.address order by a.address),
            coalesce(v_key, min(a.signing_key))
        into v_recipients, v_key
        from (
            select distinct
                coalesce(r.email, c.url) as address,
                c.signing_key
            from reporting.delivery_recipients as r
            left join reporting.channel_secrets as c
                on c.workspace_id = r.workspace_id and c.id = r.secret_id
            where
                r.workspace_id = p_workspace_id
                and r.delivery_id = v_delivery.id
                and r.kind = 'report'
                and r.channel = v_method
            union
            select
                coalesce(r.email, c.url),
                c.signing_key
            from reporting.subscriptions as s
            inner join reporting.subscription_recipients as r
                on r.workspace_id = s.workspace_id and r.subscription_id = s.id
            left join reporting.channel_secrets as c
                on c.workspace_id = r.workspace_id and c.id = r.secret_id
            where
                s.workspace_id = p_workspace_id
                and s.id = v_delivery.subscription_id
                and s.delivery_method = v_method
        ) as a
        where a.address is not null;
        if v_recipients is null then
            raise exception using
                errcode = 'LB409',
                message = 'Nobody is there to send it to: name recipients.';
        end if;
    end if;
    perform reporting.add_recipients(v_delivery, v_method, v_recipients, v_key);
    return v_delivery.id;
end
$$;
alter function reporting.send(uuid, jsonb) owner to leadboard_owner;
grant execute on function reporting.send(uuid, jsonb) to leadboard_api;

comment on function reporting.send(uuid, jsonb) is
'Enqueues a report that was made for recipients once more; returns the key of the delivery.';
