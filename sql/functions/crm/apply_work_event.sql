-- activity.logged, note.created and call.logged: what a member did. The triggers on these tables
-- keep the first contact and, for a call about a lead, write its activity.
create function crm.apply_work_event(
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
    v_external_id text := nullif(btrim(p_event ->> 'external_id'), '');
    v_lead crm.leads;
    v_branch_id uuid;
begin
    if coalesce(p_event ->> 'lead_id', p_event ->> 'lead_external_id', '') <> '' then
        v_lead := crm.event_lead(p_workspace_id, p_event, p_scope, p_user_id, p_branch_id);
    end if;
    case p_event ->> 'type'
        when 'activity.logged' then
            insert into crm.lead_activities (
                workspace_id, id, lead_id, actor_user_id, type, title, description, duration_seconds,
                metadata, source_system, external_id, occurred_at, recorded_at
            )
            values (
                p_workspace_id,
                app.uuid_v7(),
                v_lead.id,
                p_actor_user_id,
                p_event ->> 'activity_type',
                coalesce(btrim(p_event ->> 'title'), ''),
                nullif(p_event ->> 'description', ''),
                (p_event ->> 'duration_seconds')::numeric::integer,
                coalesce(nullif(p_event -> 'metadata', 'null'), '{}'),
                p_source_system,
                v_external_id,
                p_at,
                app.now()
            );
        when 'note.created' then
            insert into crm.notes (
                workspace_id, id, lead_id, created_by_user_id, body, source_system, external_id, created_at
            )
            values (
                p_workspace_id,
                app.uuid_v7(),
                v_lead.id,
                p_actor_user_id,
                p_event ->> 'body',
                p_source_system,
                v_external_id,
                p_at
            );
        when 'call.logged' then
            v_branch_id := coalesce(
                crm.event_branch(p_workspace_id, p_event ->> 'branch', p_scope, p_branch_id),
                v_lead.branch_id,
                case when p_scope <> 'all' then p_branch_id end
            );
            insert into crm.call_logs (
                workspace_id, id, branch_id, lead_id, user_id, direction, status, outcome,
                duration_seconds, started_at, notes, source_system, external_id
            )
            values (
                p_workspace_id,
                app.uuid_v7(),
                v_branch_id,
                v_lead.id,
                p_actor_user_id,
                p_event ->> 'direction',
                p_event ->> 'status',
                nullif(p_event ->> 'outcome', ''),
                coalesce((p_event ->> 'duration_seconds')::numeric::integer, 0),
                p_at,
                nullif(p_event ->> 'notes', ''),
                p_source_system,
                v_external_id
            );
    end case;
exception
    when unique_violation then
        raise exception using
            errcode = 'LB422',
            message = format('external_id %s exists already.', crm.quoted(v_external_id));
end
$$;
alter function crm.apply_work_event(uuid, jsonb, text, timestamptz, uuid, text, uuid, uuid)
owner to leadboard_owner;

comment on function crm.apply_work_event(uuid, jsonb, text, timestamptz, uuid, text, uuid, uuid) is
'Applies activity.logged, note.created and call.logged.';
