-- When the last status in the history of the lead was taken.
--
-- The planner is held to the index for the reason given in crm.first_contact_at.
create function crm.last_status_at(p_workspace_id uuid, p_lead_id uuid)
returns timestamptz
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
begin
    return (
        select h.changed_at
        from crm.lead_status_history as h
        where h.workspace_id = p_workspace_id and h.lead_id = p_lead_id
        order by h.changed_at desc
        limit 1
    );
end
$$;
alter function crm.last_status_at(uuid, uuid) owner to leadboard_owner;

comment on function crm.last_status_at(uuid, uuid) is
'Time of the last row in the status history of a lead.';
