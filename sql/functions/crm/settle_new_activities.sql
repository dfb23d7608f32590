-- New activities: an earlier contact sets first_contact_at of its lead to the time of the EVENT,
-- and a lead without owner and creator is credited to its first actor.
--
-- Races. Each new activity holds its lead FOR KEY SHARE (its foreign key) before this runs. Two
-- sessions with a first contact each: the second waits for the lock below and then, in a statement
-- of its own, sees the first one's. A session that deletes or changes an activity takes the lead
-- FOR UPDATE, so it waits for this one, or this one for it. Leads that cannot change are not
-- locked. Lock order: leads by (workspace_id, id).
--
-- Plans. To plan anew for each array of leads would cost more than the work on one lead, so the
-- plan is the generic one, leads by their key, whatever the session prefers; more than a hundred
-- leads are worth a plan of their own. Both settings end with the function.
create function crm.settle_new_activities()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_nestloop = on
as $$
declare
    v record;
    v_lead_ids uuid[];
begin
    for v in
        select
            n.workspace_id,
            array_agg(distinct n.lead_id) as lead_ids,
            min(n.occurred_at) filter (where crm.is_contact(n.type)) as first_contact_at,
            bool_or(n.actor_user_id is not null) as has_actor
        from new_rows as n
        group by n.workspace_id
        order by n.workspace_id
    loop
        continue when v.first_contact_at is null and not v.has_actor;

        if cardinality(v.lead_ids) > 100 then
            perform set_config('plan_cache_mode', 'force_custom_plan', true);
        end if;

        select array_agg(k.id) into v_lead_ids
        from (
            select l.id
            from unnest(v.lead_ids) as c (lead_id)
            inner join crm.leads as l on l.workspace_id = v.workspace_id and l.id = c.lead_id
            where
                coalesce(l.first_contact_at, 'infinity') > v.first_contact_at
                or (v.has_actor and l.owner_user_id is null and l.created_by_user_id is null)
            order by l.id
            for no key update of l
        ) as k;

        if v_lead_ids is not null then
            perform crm.settle_leads(v.workspace_id, v_lead_ids, null);
        end if;
    end loop;
    return null;
end
$$;
alter function crm.settle_new_activities() owner to leadboard_owner;

comment on function crm.settle_new_activities() is
'Trigger: new activities set first_contact_at and the first actor''s credit of their leads.';
