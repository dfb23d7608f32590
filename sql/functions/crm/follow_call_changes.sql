-- Changed calls: their activity follows, comes, or goes. What people wrote into the activity (its
-- description) stays. A deleted call takes its activity along by foreign key. Rows of other tables
-- are found by key (an array, a unique index), never by a join with the changed rows: see
-- crm.follow_lead_changes. Lock order: calls by the statement itself, activities by call, then what
-- the triggers of crm.lead_activities lock.
create function crm.follow_call_changes()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v record;
begin
    for v in
        select
            n.workspace_id,
            array_agg(n.id) as call_ids
        from new_rows as n
        where n.lead_id is null or not crm.is_call_contact(n.direction, n.status)
        group by n.workspace_id
        order by n.workspace_id
    loop
        delete from crm.lead_activities as a
        where a.workspace_id = v.workspace_id and a.call_log_id = any(v.call_ids);
    end loop;

    insert into crm.lead_activities as a (
        workspace_id, lead_id, actor_user_id, type, title, duration_seconds, metadata, call_log_id,
        occurred_at
    )
    select
        c.workspace_id,
        c.lead_id,
        c.user_id,
        'phone_call',
        crm.call_title(c.direction, c.status),
        c.duration_seconds,
        crm.call_metadata(c.direction, c.status, c.outcome),
        c.id,
        c.started_at
    from (
        select
            n.workspace_id,
            n.id,
            n.lead_id,
            n.user_id,
            n.direction,
            n.status,
            n.outcome,
            n.duration_seconds,
            n.started_at
        from new_rows as n
        where n.lead_id is not null and crm.is_call_contact(n.direction, n.status)
        except all
        select
            o.workspace_id,
            o.id,
            o.lead_id,
            o.user_id,
            o.direction,
            o.status,
            o.outcome,
            o.duration_seconds,
            o.started_at
        from old_rows as o
    ) as c
    order by c.workspace_id, c.id
    on conflict (workspace_id, call_log_id) where call_log_id is not null do update
    set
        lead_id = excluded.lead_id,
        actor_user_id = excluded.actor_user_id,
        title = excluded.title,
        duration_seconds = excluded.duration_seconds,
        metadata = a.metadata || excluded.metadata,
        occurred_at = excluded.occurred_at;
    return null;
end
$$;
alter function crm.follow_call_changes() owner to leadboard_owner;

comment on function crm.follow_call_changes() is 'Trigger: keeps the activities of changed calls.';
