-- Follows changed leads: their status history, their ownership, and an activity for each change of
-- status (status_change, status_change_contacted, conversion) or owner (assignment).
-- The last row of the history is the present status: where the writer dates a change before the
-- status that it ends, the history has it follow at once. (A status that came late and is not the
-- present one never comes here: crm.change_lead_status writes it into the history.)
-- A corrected time (of creation, of the present status, of the assignment) moves the rows that were
-- written with the old one (crm.move_creation, crm.move_status_time, crm.place_ownership).
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
    v_has record;
    v record;
begin
    -- One pass tells what there is to do: for most updates, nothing.
    select
        bool_or(n.status is distinct from o.status) as new_status,
        bool_or(
            n.status is not distinct from o.status
            and n.status_changed_at is distinct from o.status_changed_at
        ) as moved_status,
        bool_or(
            n.owner_user_id is distinct from o.owner_user_id
            or n.assigned_at is distinct from o.assigned_at
            or n.created_at is distinct from o.created_at
        ) as ownership,
        bool_or(n.created_at is distinct from o.created_at) as creation
    into v_has
    from old_rows as o
    full join new_rows as n on n.workspace_id = o.workspace_id and n.id = o.id;

    if v_has.creation then
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
            perform crm.move_creation(v.workspace_id, v.lead_ids, v.former, v.created);
        end loop;
    end if;

    if v_has.moved_status then
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
                n.status is not distinct from o.status
                and n.status_changed_at is distinct from o.status_changed_at
            group by n.workspace_id
            order by n.workspace_id
        loop
            perform crm.move_status_time(
                v.workspace_id, v.lead_ids, v.statuses, v.former, v.changed
            );
        end loop;
    end if;

    if v_has.new_status then
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
    end if;

    if v_has.ownership then
        for v in
            select
                n.workspace_id,
                array_agg(n.id) as lead_ids,
                array_agg(n.owner_user_id) as owner_user_ids,
                -- A lead that is left without owner has no assigned_at: it was left now.
                array_agg(
                    case
                        when n.owner_user_id is not null
                            then greatest(n.assigned_at, n.created_at)
                        when o.owner_user_id is not null
                            then greatest(app.now(), n.created_at)
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
    end if;

    if v_has.new_status or v_has.ownership then
        insert into crm.lead_activities (
            workspace_id, lead_id, actor_user_id, timeline_user_id, type, title, metadata,
            occurred_at
        )
        select
            n.workspace_id,
            n.id,
            n.changed_by_user_id,
            nullif(n.owner_user_id, n.changed_by_user_id),
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
            -- As crm.place_in_timeline does, without looking every lead up again.
            case
                when n.status = 'won' or n.changed_by_user_id is null
                    then nullif(n.credited_user_id, n.changed_by_user_id)
            end,
            crm.status_activity_type(n.status),
            crm.status_title(n.status),
            crm.status_metadata(o.status, n.status, n.deal_value),
            n.status_changed_at
        from old_rows as o
        full join new_rows as n on n.workspace_id = o.workspace_id and n.id = o.id
        where n.status is distinct from o.status;
    end if;

    return null;
end
$$;
alter function crm.follow_lead_changes() owner to leadboard_owner;

comment on function crm.follow_lead_changes() is
'Trigger: writes history, ownership and activities of leads whose status or owner changed.';
