-- lead.updated, lead.status_changed and lead.assigned: what happens to a lead that is there.
--
-- Time: an event changes what the lead is now only when nothing later is known. A late status goes
-- to the history and to the stage times, a late assignment divides the stretch of ownership it
-- falls into, a late update leaves the fields alone that a later one has set.
create function crm.apply_lead_event(
    p_workspace_id uuid,
    p_event jsonb,
    p_source_system text,
    p_at timestamptz,
    p_actor_user_id uuid,
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
    v_lead crm.leads := crm.event_lead(p_workspace_id, p_event, p_scope, p_user_id, p_branch_id);
begin
    case p_event ->> 'type'
        when 'lead.updated' then
            if p_scope = 'own' and p_event ?| array['branch', 'price_at_purchase'] then
                raise exception using
                    errcode = 'LB403', message = 'Your role may not set branch and price_at_purchase.';
            end if;
            perform crm.update_lead(
                v_lead,
                crm.event_patch(p_workspace_id, p_event, p_scope, p_branch_id),
                p_at,
                p_actor_user_id
            );
        when 'lead.status_changed' then
            if p_event ->> 'deal_value' is not null then
                perform crm.update_lead(
                    v_lead,
                    jsonb_build_object('deal_value', p_event -> 'deal_value'),
                    p_at,
                    p_actor_user_id
                );
            end if;
            perform crm.change_lead_status(v_lead, p_event ->> 'status', p_at, p_actor_user_id);
        when 'lead.assigned' then
            perform crm.assign_lead(
                v_lead,
                crm.event_person(
                    p_workspace_id, p_source_system, p_event ->> 'owner', p_scope, p_user_id, p_branch_id
                ),
                p_at,
                p_actor_user_id
            );
    end case;
end
$$;
alter function crm.apply_lead_event(uuid, jsonb, text, timestamptz, uuid, text, uuid, uuid)
owner to leadboard_owner;

comment on function crm.apply_lead_event(uuid, jsonb, text, timestamptz, uuid, text, uuid, uuid) is
'Applies lead.updated, lead.status_changed and lead.assigned.';
