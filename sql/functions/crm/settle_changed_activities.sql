-- Changed activities: one that got another lead, actor, type or time counts as taken away where it
-- was and added where it is. Other changes touch no lead.
-- Races, lock order and plans: as in crm.settle_removed_activities.
create function crm.settle_changed_activities()
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
                p.workspace_id,
                p.lead_id,
                min(p.occurred_at) filter (where p.is_contact) as touched_at
            from (
                (
                    select
                        o.workspace_id,
                        o.id,
                        o.lead_id,
                        o.actor_user_id,
                        crm.is_contact(o.type) as is_contact,
                        o.occurred_at
                    from old_rows as o
                    except all
                    select
                        n.workspace_id,
                        n.id,
                        n.lead_id,
                        n.actor_user_id,
                        crm.is_contact(n.type),
                        n.occurred_at
                    from new_rows as n
                )
                union all
                (
                    select
                        n.workspace_id,
                        n.id,
                        n.lead_id,
                        n.actor_user_id,
                        crm.is_contact(n.type),
                        n.occurred_at
                    from new_rows as n
                    except all
                    select
                        o.workspace_id,
                        o.id,
                        o.lead_id,
                        o.actor_user_id,
                        crm.is_contact(o.type),
                        o.occurred_at
                    from old_rows as o
                )
            ) as p
            group by p.workspace_id, p.lead_id
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
alter function crm.settle_changed_activities() owner to leadboard_owner;

comment on function crm.settle_changed_activities() is
'Trigger: activities that changed lead, actor, type or time keep first_contact_at and credit true.';
