-- task.created and task.completed. A task is completed once: of two times the earlier one stays.
create function crm.apply_task_event(
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
    v_task_id uuid := app.try_uuid(p_event ->> 'task_id');
    v_assigned_to_user_id uuid;
    v_task crm.tasks;
    v_lead crm.leads;
begin
    if p_event ->> 'type' = 'task.created' then
        v_lead := crm.event_lead(p_workspace_id, p_event, p_scope, p_user_id, p_branch_id);
        v_assigned_to_user_id := crm.event_person(
            p_workspace_id, p_source_system, p_event ->> 'assigned_to', p_scope, p_user_id, p_branch_id
        );
        insert into crm.tasks (
            workspace_id, id, lead_id, created_by_user_id, assigned_to_user_id, title, due_at,
            source_system, external_id, created_at
        )
        values (
            p_workspace_id,
            coalesce(v_task_id, app.uuid_v7()),
            v_lead.id,
            p_actor_user_id,
            coalesce(v_assigned_to_user_id, p_actor_user_id),
            coalesce(btrim(p_event ->> 'title'), ''),
            (p_event ->> 'due_at')::timestamptz,
            p_source_system,
            nullif(btrim(p_event ->> 'external_id'), ''),
            p_at
        );
        return;
    end if;

    -- The task's lead first, then the task: the order in which everybody locks.
    select t.* into v_task
    from crm.tasks as t
    where
        t.workspace_id = p_workspace_id
        and case
            when v_task_id is not null then t.id = v_task_id
            else t.source_system = p_source_system and t.external_id = p_event ->> 'task_external_id'
        end;
    begin
        v_lead := crm.event_lead(
            p_workspace_id, jsonb_build_object('lead_id', v_task.lead_id), p_scope, p_user_id, p_branch_id
        );
    exception
        when sqlstate 'LB422' then
            raise exception using
                errcode = 'LB422',
                message = format(
                    'No such task: %s.',
                    crm.quoted(coalesce(v_task_id::text, p_event ->> 'task_external_id'))
                );
    end;
    if v_task.cancelled_at is not null then
        raise exception using errcode = 'LB422', message = 'The task was cancelled.';
    end if;
    update crm.tasks as t
    set
        completed_at = p_at,
        completed_by_user_id = coalesce(p_actor_user_id, t.assigned_to_user_id)
    where
        t.workspace_id = p_workspace_id
        and t.id = v_task.id
        and (t.completed_at is null or t.completed_at > p_at);
exception
    when unique_violation then
        raise exception using
            errcode = 'LB422', message = 'A task with this external_id or task_id exists already.';
end
$$;
alter function crm.apply_task_event(uuid, jsonb, text, timestamptz, uuid, text, uuid, uuid)
owner to leadboard_owner;

comment on function crm.apply_task_event(uuid, jsonb, text, timestamptz, uuid, text, uuid, uuid) is
'Applies task.created and task.completed.';
