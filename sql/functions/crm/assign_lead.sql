-- Takes an assignment in, for a lead that the caller of this function has locked; p_owner_user_id
-- null means that nobody owns the lead from then on.
--
-- Not older than the present ownership: the owner changes; the triggers of crm.leads do the rest. A
-- late one divides the stretch of crm.lead_ownership that it falls into: up to p_at it stays as it
-- was, from there to its end it is the new owner's. Where the next stretch has the same owner, that
-- one begins earlier instead. The present owner changes only with the present stretch. A time
-- before the lead came in counts as the time it came in.
create function crm.assign_lead(
    p_lead crm.leads,
    p_owner_user_id uuid,
    p_at timestamptz,
    p_actor_user_id uuid
)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_at timestamptz := greatest(p_at, p_lead.created_at);
    v_hit crm.lead_ownership;
    v_next crm.lead_ownership;
begin
    select o.* into v_hit
    from crm.lead_ownership as o
    where o.workspace_id = p_lead.workspace_id and o.lead_id = p_lead.id and o.during @> v_at;

    -- Whoever is said to own the lead before it came in gives way to who owned it when it came in.
    if v_hit.user_id is not distinct from p_owner_user_id
        or (p_at < p_lead.created_at and v_hit.user_id is not null) then
        return;
    end if;

    if upper_inf(v_hit.during) then
        update crm.leads as l
        set
            owner_user_id = p_owner_user_id,
            assigned_at = case when p_owner_user_id is not null then p_at end,
            changed_by_user_id = p_actor_user_id
        where l.workspace_id = p_lead.workspace_id and l.id = p_lead.id;
        if p_owner_user_id is null then
            -- A lead without owner has no assigned_at that could tell the triggers when it was left.
            perform crm.place_ownership(
                p_lead.workspace_id, array[p_lead.id], array[null::uuid], array[v_at],
                array[p_lead.created_at], array[true]
            );
            update crm.lead_activities as a
            set occurred_at = p_at
            where
                a.workspace_id = p_lead.workspace_id
                and a.lead_id = p_lead.id
                and a.type = 'assignment'
                and a.occurred_at = app.now()
                and a.metadata ->> 'to' is null;
        end if;
        return;
    end if;

    select o.* into v_next
    from crm.lead_ownership as o
    where
        o.workspace_id = p_lead.workspace_id
        and o.lead_id = p_lead.id
        and lower(o.during) = upper(v_hit.during);

    if lower(v_hit.during) = v_at then
        delete from crm.lead_ownership as o
        where o.workspace_id = p_lead.workspace_id and o.id = v_hit.id;
    else
        update crm.lead_ownership as o
        set during = tstzrange(lower(o.during), v_at)
        where o.workspace_id = p_lead.workspace_id and o.id = v_hit.id;
    end if;
    if v_next.user_id is not distinct from p_owner_user_id then
        update crm.lead_ownership as o
        set during = tstzrange(v_at, upper(o.during))
        where o.workspace_id = p_lead.workspace_id and o.id = v_next.id;
        if upper_inf(v_next.during) and p_owner_user_id is not null then
            -- The triggers move what was written with the later time.
            update crm.leads as l
            set assigned_at = p_at
            where l.workspace_id = p_lead.workspace_id and l.id = p_lead.id;
        end if;
    else
        insert into crm.lead_ownership (workspace_id, id, lead_id, user_id, during)
        values (
            p_lead.workspace_id, app.uuid_v7(), p_lead.id, p_owner_user_id,
            tstzrange(v_at, upper(v_hit.during))
        );
    end if;

    insert into crm.lead_activities (
        workspace_id, id, lead_id, actor_user_id, type, title, metadata, occurred_at, recorded_at
    )
    values (
        p_lead.workspace_id,
        app.uuid_v7(),
        p_lead.id,
        p_actor_user_id,
        'assignment',
        case when p_owner_user_id is null then 'Unassigned' else 'Assigned' end,
        jsonb_build_object('from', v_hit.user_id, 'to', p_owner_user_id),
        p_at,
        app.now()
    );
end
$$;
alter function crm.assign_lead(crm.leads, uuid, timestamptz, uuid) owner to leadboard_owner;

comment on function crm.assign_lead(crm.leads, uuid, timestamptz, uuid) is
'Takes an assignment of a locked lead in; a late one changes the history of ownership only.';
