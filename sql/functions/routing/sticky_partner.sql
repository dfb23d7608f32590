-- The partner a person's lead goes back to: whoever owns another open lead of the same person (same
-- e-mail address, whatever its case, or same telephone number), the one assigned last. NULL when
-- there is none. Whether that partner may have this lead is for the caller to see.
create function routing.sticky_partner(p_workspace_id uuid, p_lead_id uuid)
returns uuid
language sql
stable
as $$
    select o.owner_user_id
    from crm.leads as l
    cross join lateral (
        select
            e.owner_user_id,
            e.assigned_at,
            e.id
        from crm.leads as e
        where
            e.workspace_id = l.workspace_id
            and lower(e.email) = lower(l.email)
            and e.email is not null
            and e.owner_user_id is not null
            and e.id <> l.id
            and crm.is_open(e.status)
        union all
        select
            e.owner_user_id,
            e.assigned_at,
            e.id
        from crm.leads as e
        where
            e.workspace_id = l.workspace_id
            and e.phone = l.phone
            and e.phone is not null
            and e.owner_user_id is not null
            and e.id <> l.id
            and crm.is_open(e.status)
    ) as o
    where l.workspace_id = p_workspace_id and l.id = p_lead_id
    order by o.assigned_at desc, o.id desc
    limit 1
$$;
alter function routing.sticky_partner(uuid, uuid) owner to leadboard_owner;

comment on function routing.sticky_partner(uuid, uuid) is
'Owner of another open lead of the same person (e-mail address or telephone number); null without one.';
