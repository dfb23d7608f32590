-- To whom a lead was credited at a time: its owner then, else its creator, else its first actor. A
-- time before the lead came in counts as the time it came in. Null when there was nobody.
create function crm.credited_at(p_workspace_id uuid, p_lead_id uuid, p_at timestamptz)
returns uuid
language sql
stable
as $$
    select coalesce(
        (
            select o.user_id
            from crm.lead_ownership as o
            where
                o.workspace_id = p_workspace_id
                and o.lead_id = p_lead_id
                and o.during @> greatest(p_at, l.created_at)
        ),
        l.created_by_user_id,
        crm.first_actor(p_workspace_id, p_lead_id)
    )
    from crm.leads as l
    where l.workspace_id = p_workspace_id and l.id = p_lead_id
$$;
alter function crm.credited_at(uuid, uuid, timestamptz) owner to leadboard_owner;

comment on function crm.credited_at(uuid, uuid, timestamptz) is
'To whom a lead was credited at a time: owner then, else creator, else first actor.';
