-- Makes a template (p_id null) or changes one; fields left out stay as they are. The service has
-- rendered it on sample data before. Returns its key.
-- Owners, admins and managers make templates; a manager changes the own ones only.
-- LB400 with errors per field, LB403, LB404, LB409 for a name that is taken.
create function reporting.save_template(p_workspace_id uuid, p_id uuid, p_template jsonb)
returns uuid
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_row reporting.templates;
begin
    perform reporting.require_right(p_workspace_id, null);
    if p_id is not null then
        v_row := reporting.own_template(p_workspace_id, p_id);
    end if;
    v_row.name := case when p_template ? 'name' then p_template ->> 'name' else v_row.name end;
    v_row.description
        := case when p_template ? 'description' then p_template ->> 'description' else v_row.description end;
    v_row.template_content := coalesce(p_template ->> 'template_content', v_row.template_content);
    perform reporting.refuse((
        select jsonb_agg(jsonb_build_object('field', f.field, 'message', f.message))
        from (
            values
            (
                'name',
                case
                    when coalesce(char_length(v_row.name), 0) not between 1 and 200
                        then 'Between 1 and 200 characters.'
                    else reporting.header_fault(v_row.name)
                end
            ),
            (
                'description',
                case when char_length(v_row.description) > 2000 then 'At most 2000 characters.' end
            ),
            (
                'template_content',
                case
                    when coalesce(char_length(v_row.template_content), 0) not between 1 and 100000
                        then 'Between 1 and 100000 characters.'
                end
            )
        ) as f (field, message)
        where f.message is not null
    ));
    if exists (
        select from reporting.templates as t
        where
            t.workspace_id = p_workspace_id
            and t.name = v_row.name
            and t.id is distinct from p_id
    ) then
        raise exception using errcode = 'LB409', message = 'A template of this name exists already.';
    end if;

    if p_id is null then
        insert into reporting.templates (
            workspace_id, name, description, template_content, created_by_user_id
        )
        values (
            p_workspace_id,
            v_row.name,
            v_row.description,
            v_row.template_content,
            app.current_user_id()
        )
        returning id into v_row.id;
    else
        update reporting.templates as t
        set
            name = v_row.name,
            description = v_row.description,
            template_content = v_row.template_content
        where t.workspace_id = p_workspace_id and t.id = p_id;
    end if;
    return v_row.id;
exception
    when unique_violation then
        raise exception using errcode = 'LB409', message = 'A template of this name exists already.';
end
$$;
alter function reporting.save_template(uuid, uuid, jsonb) owner to leadboard_owner;
grant execute on function reporting.save_template(uuid, uuid, jsonb) to leadboard_api;

comment on function reporting.save_template(uuid, uuid, jsonb) is
'Makes or changes a template of the workspace; returns its key.';
