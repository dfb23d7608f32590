-- The lead that an event names by lead_id or lead_external_id, locked until the transaction ends,
-- so that two events about one lead follow each other. A lead the caller may not see is reported
-- like one that does not exist.
-- p_scope: all; branch (leads of p_branch_id, and the own ones); own (leads owned by or credited to
-- p_user_id).
create function crm.event_lead(
    p_workspace_id uuid,
    p_event jsonb,
    p_scope text,
    p_user_id uuid,
    p_branch_id uuid
)
returns crm.leads
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_lead crm.leads;
    v_lead_id uuid := app.try_uuid(p_event ->> 'lead_id');
begin
    if v_lead_id is not null then
        select l.* into v_lead
        from crm.leads as l
        where l.workspace_id = p_workspace_id and l.id = v_lead_id
        for no key update;
    else
        select l.* into v_lead
        from crm.leads as l
        where
            l.workspace_id = p_workspace_id
            and l.source_system = coalesce(nullif(p_event ->> 'source_system', ''), 'leadboard')
            and l.external_id = p_event ->> 'lead_external_id'
        for no key update;
    end if;
    if
        v_lead.id is null
        or (
            p_scope <> 'all'
            and (p_scope <> 'branch' or v_lead.branch_id is distinct from p_branch_id)
            and v_lead.owner_user_id is distinct from p_user_id
            and v_lead.credited_user_id is distinct from p_user_id
        )
    then
        raise exception using
            errcode = 'LB422',
            message = format(
                'No such lead: %s.',
                crm.quoted(coalesce(v_lead_id::text, p_event ->> 'lead_external_id'))
            );
    end if;
    return v_lead;
end
$$;
alter function crm.event_lead(uuid, jsonb, text, uuid, uuid) owner to leadboard_owner;

comment on function crm.event_lead(uuid, jsonb, text, uuid, uuid) is
'The lead an event names, locked; LB422 when the caller can see no such lead.';
