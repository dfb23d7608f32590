-- Who acted on the lead first: the actor of the earliest activity that has one, by time, then id.
-- Activities of a system have no actor and credit nobody. Null when nobody acted.
--
-- The planner is held to the index for the reason given in crm.first_contact_at.
create function crm.first_actor(p_workspace_id uuid, p_lead_id uuid)
returns uuid
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
begin
    return (
        select a.actor_user_id
        from crm.lead_activities as a
        where
            a.workspace_id = p_workspace_id
            and a.lead_id = p_lead_id
            and a.actor_user_id is not null
        order by a.occurred_at, a.id
        limit 1
    );
end
$$;
alter function crm.first_actor(uuid, uuid) owner to leadboard_owner;

comment on function crm.first_actor(uuid, uuid) is
'Actor of the earliest activity of a lead that has an actor; null when nobody acted.';
