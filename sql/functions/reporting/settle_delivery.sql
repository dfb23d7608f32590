-- Sets the status of a delivery by its recipients: failed while one of them failed (tried again or
-- given up), else pending while one waits, else sent when one was, else suppressed; generated
-- without any. Notices do not count.
-- Lock order: the sendings, then the delivery. The delivery is locked before its sendings are read:
-- of two workers that finish one each, the later sees both.
create function reporting.settle_delivery(p_workspace_id uuid, p_delivery_id uuid)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    perform 1
    from reporting.deliveries as d
    where d.workspace_id = p_workspace_id and d.id = p_delivery_id
    for update;

    update reporting.deliveries as d
    set status = s.status
    from (
        select
            case
                when count(*) = 0 then 'generated'
                when
                    bool_or(
                        r.status in ('failed', 'dead')
                        or (r.status = 'claimed' and r.last_error_class is not null)
                    )
                    then 'failed'
                when bool_or(r.status in ('pending', 'claimed')) then 'pending'
                when bool_or(r.status = 'sent') then 'sent'
                else 'suppressed'
            end as status
        from reporting.delivery_recipients as r
        where
            r.workspace_id = p_workspace_id
            and r.delivery_id = p_delivery_id
            and r.kind = 'report'
    ) as s
    where
        d.workspace_id = p_workspace_id
        and d.id = p_delivery_id
        and d.status <> s.status;
end
$$;
alter function reporting.settle_delivery(uuid, uuid) owner to leadboard_owner;

comment on function reporting.settle_delivery(uuid, uuid) is
'Sets the status of a delivery by those of its recipients.';
