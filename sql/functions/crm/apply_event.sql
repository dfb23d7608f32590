-- Applies one event that crm.check_event found sound: who is acting, whether they may send this
-- type, and on to the function of its family. Raises LB403 or LB422 with the reason of a rejection.
create function crm.apply_event(
    p_workspace_id uuid,
    p_event jsonb,
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
    -- What a member does. The rest are the acts of customers, of mail systems and of managers.
    c_own_types constant text[] := array[
        'lead.created', 'lead.updated', 'lead.status_changed', 'activity.logged', 'task.created',
        'task.completed', 'note.created', 'call.logged'
    ];
    v_type text := p_event ->> 'type';
    v_source_system text := coalesce(nullif(btrim(p_event ->> 'source_system'), ''), 'leadboard');
    v_at timestamptz := (p_event ->> 'occurred_at')::timestamptz;
    v_actor_user_id uuid;
begin
    if p_scope = 'own' and v_type <> all(c_own_types) then
        raise exception using errcode = 'LB403', message = format('Your role may not send %s.', v_type);
    end if;
    v_actor_user_id := crm.event_person(
        p_workspace_id, v_source_system, p_event ->> 'actor', p_scope, p_user_id, p_branch_id
    );
    if v_actor_user_id is null and p_scope = 'own' then
        v_actor_user_id := p_user_id;
    end if;

    if v_type = 'lead.created' then
        perform crm.apply_created_event(
            p_workspace_id, p_event, v_source_system, v_at, v_actor_user_id,
            p_scope, p_user_id, p_branch_id
        );
    elsif v_type like 'lead.%' then
        perform crm.apply_lead_event(
            p_workspace_id, p_event, v_source_system, v_at, v_actor_user_id,
            p_scope, p_user_id, p_branch_id
        );
    elsif v_type like 'task.%' then
        perform crm.apply_task_event(
            p_workspace_id, p_event, v_source_system, v_at, v_actor_user_id,
            p_scope, p_user_id, p_branch_id
        );
    elsif v_type like 'campaign.%' then
        perform crm.apply_campaign_event(
            p_workspace_id, p_event, v_source_system, v_at, v_actor_user_id,
            p_scope, p_user_id, p_branch_id
        );
    elsif v_type in ('feedback.given', 'ticket.opened') then
        perform crm.apply_service_event(
            p_workspace_id, p_event, v_source_system, v_at, p_scope, p_user_id, p_branch_id
        );
    else
        perform crm.apply_work_event(
            p_workspace_id, p_event, v_source_system, v_at, v_actor_user_id,
            p_scope, p_user_id, p_branch_id
        );
    end if;
end
$$;
alter function crm.apply_event(uuid, jsonb, text, uuid, uuid) owner to leadboard_owner;

comment on function crm.apply_event(uuid, jsonb, text, uuid, uuid) is
'Applies one sound event; raises LB403 or LB422 with the reason when it cannot be.';
