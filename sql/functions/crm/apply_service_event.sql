-- feedback.given and ticket.opened: what a customer says about the member who had the lead then.
create function crm.apply_service_event(
    p_workspace_id uuid,
    p_event jsonb,
    p_source_system text,
    p_at timestamptz,
    p_scope text,
    p_user_id uuid,
    p_branch_id uuid
)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_external_id text := nullif(btrim(p_event ->> 'external_id'), '');
    v_lead crm.leads := crm.event_lead(p_workspace_id, p_event, p_scope, p_user_id, p_branch_id);
    v_about_user_id uuid := coalesce(
        crm.event_person(
            p_workspace_id, p_source_system, p_event ->> 'user', p_scope, p_user_id, p_branch_id
        ),
        crm.credited_at(p_workspace_id, v_lead.id, p_at)
    );
begin
    if p_event ->> 'type' = 'feedback.given' then
        insert into crm.lead_feedback (
            workspace_id, id, lead_id, user_id, rating, comment, source_system, external_id, created_at
        )
        values (
            p_workspace_id,
            app.uuid_v7(),
            v_lead.id,
            v_about_user_id,
            (p_event ->> 'rating')::numeric::integer,
            nullif(p_event ->> 'comment', ''),
            p_source_system,
            v_external_id,
            p_at
        );
    else
        insert into crm.support_tickets (
            workspace_id, id, lead_id, user_id, type, status, upheld, subject, source_system,
            external_id, created_at
        )
        values (
            p_workspace_id,
            app.uuid_v7(),
            v_lead.id,
            v_about_user_id,
            p_event ->> 'ticket_type',
            coalesce(p_event ->> 'status', 'open'),
            (p_event ->> 'upheld')::boolean,
            nullif(btrim(p_event ->> 'subject'), ''),
            p_source_system,
            v_external_id,
            p_at
        );
    end if;
exception
    when unique_violation then
        raise exception using
            errcode = 'LB422',
            message = format('external_id %s exists already.', crm.quoted(v_external_id));
end
$$;
alter function crm.apply_service_event(uuid, jsonb, text, timestamptz, text, uuid, uuid)
owner to leadboard_owner;

comment on function crm.apply_service_event(uuid, jsonb, text, timestamptz, text, uuid, uuid) is
'Applies feedback.given and ticket.opened.';
