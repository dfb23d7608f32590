-- Makes what leads know from their activities true: first_contact_at, and for a lead without owner
-- and creator the credit of the first actor. p_touched_at is parallel to p_lead_ids: the earliest
-- time that a changed or deleted contact of the lead had, before or after; null when there is none.
--
-- first_contact_at is the earliest contact activity, or an earlier time that a writer gave. It
-- moves back to an earlier contact, and forward only when the contact that set it was taken away.
--
-- Called by the triggers of crm.lead_activities with the leads locked, in a statement of its own,
-- so it sees every activity that was committed before the lock was got.
-- Plans: as in crm.settle_new_activities.
create function crm.settle_leads(
    p_workspace_id uuid, p_lead_ids uuid[], p_touched_at timestamptz[]
)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_nestloop = on
as $$
begin
    if cardinality(p_lead_ids) > 100 then
        perform set_config('plan_cache_mode', 'force_custom_plan', true);
    end if;

    -- Materialized: computed once per lead, whichever way the leads are then found. Without statistics
    -- it was computed anew for every lead of a bulk insert.
    with settled as materialized (
        select
            k.id,
            k.owner_basis,
            num_nonnulls(k.owner_user_id, k.created_by_user_id) > 0 as is_owned,
            case
                when k.first_contact_at = c.touched_at
                    then crm.first_contact_at(p_workspace_id, k.id)
                else least(k.first_contact_at, crm.first_contact_at(p_workspace_id, k.id))
            end as first_contact_at,
            case
                when num_nonnulls(k.owner_user_id, k.created_by_user_id) > 0
                    then k.credited_user_id
                else crm.first_actor(p_workspace_id, k.id)
            end as credited_user_id
        from unnest(p_lead_ids, p_touched_at) as c (lead_id, touched_at)
        inner join crm.leads as k on k.workspace_id = p_workspace_id and k.id = c.lead_id
    )

    update crm.leads as l
    set
        first_contact_at = s.first_contact_at,
        credited_user_id = s.credited_user_id,
        owner_basis = case
            when s.is_owned then s.owner_basis
            when s.credited_user_id is null then 'nobody'
            else 'first_actor'
        end
    from settled as s
    where
        l.workspace_id = p_workspace_id
        and l.id = s.id
        and (l.first_contact_at, l.credited_user_id)
        is distinct from (s.first_contact_at, s.credited_user_id);
end
$$;
alter function crm.settle_leads(uuid, uuid[], timestamptz[]) owner to leadboard_owner;

comment on function crm.settle_leads(uuid, uuid[], timestamptz[]) is
'Brings first_contact_at and the first actor''s credit of leads in line with their activities.';
