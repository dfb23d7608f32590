-- Begins the history of new leads: status new when the lead was created, the present status when it
-- was taken (not before that), and one unbroken ownership from created_at on (nobody until
-- assigned_at). Nothing is written for leads that bring a status or an owner along as activities:
-- what was done with a lead before it came here is for its source to tell. Locks: none beyond the
-- rows it writes.
create function crm.open_lead_history()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into crm.lead_status_history (
        workspace_id, lead_id, status, changed_at, changed_by_user_id
    )
    select
        n.workspace_id,
        n.id,
        'new',
        n.created_at,
        n.created_by_user_id
    from new_rows as n
    union all
    select
        n.workspace_id,
        n.id,
        n.status,
        greatest(n.status_changed_at, n.created_at),
        n.changed_by_user_id
    from new_rows as n
    where n.status <> 'new';

    insert into crm.lead_ownership (workspace_id, lead_id, user_id, during)
    select
        n.workspace_id,
        n.id,
        null,
        tstzrange(n.created_at, n.assigned_at)
    from new_rows as n
    where n.assigned_at > n.created_at
    union all
    select
        n.workspace_id,
        n.id,
        n.owner_user_id,
        tstzrange(greatest(n.created_at, n.assigned_at), null)
    from new_rows as n;

    return null;
end
$$;
alter function crm.open_lead_history() owner to leadboard_owner;

comment on function crm.open_lead_history() is
'Trigger: begins status history and ownership of new leads.';
