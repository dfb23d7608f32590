-- Removes a template. LB409 while subscriptions use it; reports that were made with it keep their
-- figures and are shown in the built-in layout.
create function reporting.delete_template(p_workspace_id uuid, p_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform reporting.require_right(p_workspace_id, null);
    perform reporting.own_template(p_workspace_id, p_id);
    delete from reporting.templates as t
    where t.workspace_id = p_workspace_id and t.id = p_id;
exception
    when foreign_key_violation then
        raise exception using errcode = 'LB409', message = 'Subscriptions use this template.';
end
$$;
alter function reporting.delete_template(uuid, uuid) owner to leadboard_owner;
grant execute on function reporting.delete_template(uuid, uuid) to leadboard_api;

comment on function reporting.delete_template(uuid, uuid) is
'Removes a template that no subscription uses.';
