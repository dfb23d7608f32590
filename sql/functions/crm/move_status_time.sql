-- Moves the present status of leads to its corrected time; the arrays are parallel. It is the last
-- row of the history, which stays behind the one before it, and the activity that was written for
-- it. Called with the leads locked. Plans: as in crm.settle_new_activities.
create function crm.move_status_time(
    p_workspace_id uuid,
    p_lead_ids uuid[],
    p_statuses text[],
    p_former timestamptz[],
    p_changed timestamptz[]
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
    set changed_at = greatest(c.changed_at, r.previous_at)
    from unnest(p_lead_ids, p_changed) as c (lead_id, changed_at)
    cross join lateral (
        select
            k.id,
            lead(k.changed_at) over (order by k.changed_at desc, k.id desc) as previous_at
        from crm.lead_status_history as k
        where k.workspace_id = p_workspace_id and k.lead_id = c.lead_id
        order by k.changed_at desc, k.id desc
        limit 1
    ) as r
    where h.workspace_id = p_workspace_id and h.id = r.id and r.previous_at is not null;

    update crm.lead_activities as a
    set occurred_at = c.changed_at
    from unnest(p_lead_ids, p_statuses, p_former, p_changed)
        as c (lead_id, status, former_at, changed_at)
    where
        a.workspace_id = p_workspace_id
        and a.lead_id = c.lead_id
        and a.type = crm.status_activity_type(c.status)
        and a.metadata ->> 'to' = c.status
        and a.external_id is null
        and a.occurred_at = c.former_at;
end
$$;
alter function crm.move_status_time(uuid, uuid[], text[], timestamptz[], timestamptz[])
owner to leadboard_owner;

comment on function crm.move_status_time(uuid, uuid[], text[], timestamptz[], timestamptz[]) is
'Moves the present status of leads, in history and activity, to its corrected time.';
