-- New calls with a lead become its activities (phone_call): same actor, time and length. The call's
-- notes stay with the call.
-- Locks: those of the triggers of crm.lead_activities.
create function crm.record_new_calls()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into crm.lead_activities (
        workspace_id, lead_id, actor_user_id, type, title, duration_seconds, metadata, call_log_id,
        occurred_at
    )
    select
        n.workspace_id,
        n.lead_id,
        n.user_id,
        'phone_call',
        crm.call_title(n.direction, n.status),
        n.duration_seconds,
        crm.call_metadata(n.direction, n.status, n.outcome),
        n.id,
        n.started_at
    from new_rows as n
    where n.lead_id is not null and crm.is_call_contact(n.direction, n.status);
    return null;
end
$$;
alter function crm.record_new_calls() owner to leadboard_owner;

comment on function crm.record_new_calls() is 'Trigger: writes the activities of new calls.';
