-- Deleted activities: when the one that set first_contact_at, or the first actor's, is gone, the
-- remaining ones decide. Races and lock order: as in crm.settle_new_activities. The leads are
-- always locked, FOR UPDATE: a contact that another session is just adding or deleting must be
-- waited for, or it would be counted on or missed. Two sessions that both added an activity to a
-- lead and both delete one may deadlock; PostgreSQL then ends one of them with 40P01, to be tried
-- again. When the lead itself was deleted, nothing is left to settle.
-- Plans: as in crm.settle_new_activities.
create function crm.settle_removed_activities()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_nestloop = on
as $$
declare
    v record;
begin
    for v in
        select
            c.workspace_id,
            array_agg(c.lead_id order by c.lead_id) as lead_ids,
            array_agg(c.touched_at order by c.lead_id) as touched
        from (
            select
                o.workspace_id,
                o.lead_id,
                min(o.occurred_at) filter (where crm.is_contact(o.type)) as touched_at
            from old_rows as o
            where crm.is_contact(o.type) or o.actor_user_id is not null
            group by o.workspace_id, o.lead_id
        ) as c
        group by c.workspace_id
        order by c.workspace_id
    loop
        if cardinality(v.lead_ids) > 100 then
            perform set_config('plan_cache_mode', 'force_custom_plan', true);
        end if;

        perform
        from unnest(v.lead_ids) as c (lead_id)
        inner join crm.leads as l on l.workspace_id = v.workspace_id and l.id = c.lead_id
        order by l.id
        for update of l;

        perform crm.settle_leads(v.workspace_id, v.lead_ids, v.touched);
    end loop;
    return null;
end
$$;
alter function crm.settle_removed_activities() owner to leadboard_owner;

comment on function crm.settle_removed_activities() is
'Trigger: deleted activities give first_contact_at and credit back to the remaining ones.';
