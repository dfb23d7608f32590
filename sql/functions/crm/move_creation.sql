-- Moves status new, taken when a lead came in, to the corrected time of creation of leads, though
-- not after the status that followed it; the arrays are parallel. Called with the leads locked.
-- Plans: as in crm.settle_new_activities.
create function crm.move_creation(
    p_workspace_id uuid, p_lead_ids uuid[], p_former timestamptz[], p_created timestamptz[]
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

    update crm.lead_status_history as h
    set
        changed_at = least(
            c.created_at,
            (
                select min(k.changed_at)
                from crm.lead_status_history as k
                where
                    k.workspace_id = h.workspace_id
                    and k.lead_id = h.lead_id
                    and k.id <> h.id
            )
        )
    from unnest(p_lead_ids, p_former, p_created) as c (lead_id, former_at, created_at)
    where
        h.workspace_id = p_workspace_id
        and h.lead_id = c.lead_id
        and h.status = 'new'
        and h.changed_at = c.former_at;
end
$$;
alter function crm.move_creation(uuid, uuid[], timestamptz[], timestamptz[])
owner to leadboard_owner;

comment on function crm.move_creation(uuid, uuid[], timestamptz[], timestamptz[]) is
'Moves the beginning of the status history of leads to their corrected time of creation.';
