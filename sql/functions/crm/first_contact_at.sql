-- When the lead was first contacted, by its contact activities; null when there is none.
--
-- Asked for each lead of a bulk change, so the planner is held to the index on (workspace, lead,
-- time), by the setting and by the order: a plan kept from the day the table was small would read
-- the whole table, or all of the workspace, for every lead.
create function crm.first_contact_at(p_workspace_id uuid, p_lead_id uuid)
returns timestamptz
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
begin
    return (
        select a.occurred_at
        from crm.lead_activities as a
        where
            a.workspace_id = p_workspace_id
            and a.lead_id = p_lead_id
            and crm.is_contact(a.type)
        order by a.occurred_at
        limit 1
    );
end
$$;
alter function crm.first_contact_at(uuid, uuid) owner to leadboard_owner;

comment on function crm.first_contact_at(uuid, uuid) is
'Time of the earliest contact activity of a lead; null when there is none.';
