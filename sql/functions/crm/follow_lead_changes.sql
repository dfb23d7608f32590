-- Follows changed leads: their status history, their ownership, and an activity for each change of
-- status (status_change, status_change_contacted, conversion) or owner (assignment).
-- The last row of the history is the present status: where the writer dates a change before the
-- status that it ends, the history has it follow at once. (A status that came late and is not the
-- present one never comes here: crm.change_lead_status writes it into the history.)
-- A corrected time (of creation, of the present status, of the assignment) moves the rows that were
-- written with the old one.
--
-- The activities of a change have the writer's person as actor, or nobody. They reach the triggers
-- of crm.lead_activities, which may change first_contact_at or the credit of the leads; that update
-- comes back here, changes neither status nor owner, and ends here.
--
-- A plan is kept from the first call, made perhaps for one row, and must serve 200,000. So old and
-- new rows meet in a FULL join, which cannot be a nested loop; it stays one as long as its
-- conditions are only `is distinct from`. Rows of other tables are found by keys in arrays.
--
-- Locks: the leads are locked by the statement that changed them; then rows of the history, the
-- ownership and the activities of those leads, which are only ever changed under the lead's lock.
create function crm.follow_lead_changes()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v record;
begin
    if not exists (
        select
        from old_rows as o
        full join new_rows as n on n.workspace_id = o.workspace_id and n.id = o.id
        where
            n.status is distinct from o.status
            or n.owner_user_id is distinct from o.owner_user_id
            or n.status_changed_at is distinct from o.status_changed_at
            or n.assigned_at is distinct from o.assigned_at
            or n.created_at is distinct from o.created_at
    ) then
        return null;
    end if;

    -- A corrected time of creation: status new was taken then, though not after what followed it.
    for v in
        select
            n.workspace_id,
            array_agg(n.id) as lead_ids,
            array_agg(o.created_at) as former,
            array_agg(n.created_at) as created
        from old_rows as o
        full join new_rows as n on n.workspace_id = o.workspace_id and n.id = o.id
        where n.created_at is distinct from o.created_at
        group by n.workspace_id
        order by n.workspace_id
    loop
        update crm.lead_status_history as h
        set
            changed_at = least(
                c.created_at,
                (
                    select min(k.changed_at)
                    from crm.lead_status_history as k
                    where k.workspace_id = h.workspace_id and k.lead_id = h.lead_id and k.id <> h.id
                )
            )
        from unnest(v.lead_ids, v.former, v.created) as c (lead_id, former_at, created_at)
        where
            h.workspace_id = v.workspace_id
            and h.lead_id = c.lead_id
            and h.status = 'new'
            and h.changed_at = c.former_at;
    end loop;

    -- A corrected time of the present status: the last row of the history, though not before the
    -- one that precedes it, and the activity that was written for it.
    for v in
        select
            n.workspace_id,
            array_agg(n.id) as lead_ids,
            array_agg(n.status) as statuses,
            array_agg(o.status_changed_at) as former,
            array_agg(n.status_changed_at) as changed
        from old_rows as o
        full join new_rows as n on n.workspace_id = o.workspace_id and n.id = o.id
        where
            n.status_changed_at is distinct from o.status_changed_at
            and n.status is not distinct from o.status
        group by n.workspace_id
        order by n.workspace_id
    loop
        update crm.lead_status_history as h
        set changed_at = greatest(c.changed_at, r.previous_at)
        from unnest(v.lead_ids, v.changed) as c (lead_id, changed_at)
        cross join lateral (
            select
                k.id,
                lead(k.changed_at) over (order by k.changed_at desc, k.id desc) as previous_at
            from crm.lead_status_history as k
            where k.workspace_id = v.workspace_id and k.lead_id = c.lead_id
            order by k.changed_at desc, k.id desc
            limit 1
        ) as r
        where h.workspace_id = v.workspace_id and h.id = r.id and r.previous_at is not null;

        update crm.lead_activities as a
        set occurred_at = c.changed_at
        from unnest(v.lead_ids, v.statuses, v.former, v.changed)
            as c (lead_id, status, former_at, changed_at)
        where
            a.workspace_id = v.workspace_id
            and a.lead_id = c.lead_id
            and a.type = crm.status_activity_type(c.status)
            and a.metadata ->> 'to' = c.status
            and a.external_id is null
            and a.occurred_at = c.former_at;
    end loop;

    insert into crm.lead_status_history (
        workspace_id, lead_id, status, changed_at, changed_by_user_id
    )
    select
        n.workspace_id,
        n.id,
        n.status,
        greatest(n.status_changed_at, crm.last_status_at(n.workspace_id, n.id)),
        n.changed_by_user_id
    from old_rows as o
    full join new_rows as n on n.workspace_id = o.workspace_id and n.id = o.id
    where n.status is distinct from o.status;

    for v in
        select
            n.workspace_id,
            array_agg(n.id) as lead_ids,
            array_agg(n.owner_user_id) as owner_user_ids,
            -- A lead that is left without owner has no assigned_at: it was left now.
            array_agg(
                case
                    when n.owner_user_id is not null then greatest(n.assigned_at, n.created_at)
                    when o.owner_user_id is not null then greatest(app.now(), n.created_at)
                end
            ) as starts,
            array_agg(n.created_at) as created,
            array_agg(n.owner_user_id is not distinct from o.owner_user_id) as moves
        from old_rows as o
        full join new_rows as n on n.workspace_id = o.workspace_id and n.id = o.id
        where
            n.owner_user_id is distinct from o.owner_user_id
            or n.assigned_at is distinct from o.assigned_at
            or n.created_at is distinct from o.created_at
        group by n.workspace_id
        order by n.workspace_id
    loop
        perform crm.place_ownership(
            v.workspace_id, v.lead_ids, v.owner_user_ids, v.starts, v.created, v.moves
        );
    end loop;

    insert into crm.lead_activities (
        workspace_id, lead_id, actor_user_id, type, title, metadata, occurred_at
    )
    select
        n.workspace_id,
        n.id,
        n.changed_by_user_id,
        'assignment',
        case when n.owner_user_id is null then 'Unassigned' else 'Assigned' end,
        jsonb_build_object('from', o.owner_user_id, 'to', n.owner_user_id),
        coalesce(n.assigned_at, app.now())
    from old_rows as o
    full join new_rows as n on n.workspace_id = o.workspace_id and n.id = o.id
    where n.owner_user_id is distinct from o.owner_user_id
    union all
    select
        n.workspace_id,
        n.id,
        n.changed_by_user_id,
        crm.status_activity_type(n.status),
        crm.status_title(n.status),
        crm.status_metadata(o.status, n.status, n.deal_value),
        n.status_changed_at
    from old_rows as o
    full join new_rows as n on n.workspace_id = o.workspace_id and n.id = o.id
    where n.status is distinct from o.status;

    return null;
end
$$;
alter function crm.follow_lead_changes() owner to leadboard_owner;

comment on function crm.follow_lead_changes() is
'Trigger: writes history, ownership and activities of leads whose status or owner changed.';
