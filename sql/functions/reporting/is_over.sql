-- Whether nothing happens with a delivery any more: nobody waits for it, and nobody has got it, or
-- was to get it, since a moment.
create function reporting.is_over(p_workspace_id uuid, p_delivery_id uuid, p_since timestamptz)
returns boolean
language sql
stable
as $$
    select
        not exists (
            select from reporting.delivery_recipients as r
            where
                r.workspace_id = p_workspace_id
                and r.delivery_id = p_delivery_id
                and (
                    r.next_attempt_at is not null
                    or greatest(r.created_at, r.sent_at) >= p_since
                )
        )
$$;
alter function reporting.is_over(uuid, uuid, timestamptz) owner to leadboard_owner;

comment on function reporting.is_over(uuid, uuid, timestamptz) is
'Whether nobody waits for a delivery, and nobody has got it since the moment.';
