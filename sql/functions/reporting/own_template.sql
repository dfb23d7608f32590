-- A template that the caller may change, locked: LB404 when there is none, LB403 for a manager and
-- somebody else's.
create function reporting.own_template(p_workspace_id uuid, p_id uuid)
returns reporting.templates
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_row reporting.templates;
begin
    select t.* into v_row
    from reporting.templates as t
    where t.workspace_id = p_workspace_id and t.id = p_id
    for update;
    if not found then
        raise exception using errcode = 'LB404', message = 'No such template.';
    end if;
    if
        v_row.created_by_user_id is distinct from app.current_user_id()
        and not p_workspace_id = any(app.admin_workspaces())
    then
        raise exception using
            errcode = 'LB403',
            message = 'A manager changes the own templates only.';
    end if;
    return v_row;
end
$$;
alter function reporting.own_template(uuid, uuid) owner to leadboard_owner;

comment on function reporting.own_template(uuid, uuid) is
'A template that the caller may change, locked; LB404, LB403.';
