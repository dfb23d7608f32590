-- PUT /api/routing/settings: a new version of the settings; the body is the settings then in force.
create function service.change_routing_settings(
    p_user_id uuid, p_workspace_id uuid, p_settings json
)
returns table (body json)
language plpgsql
volatile
as $$
begin
    body := routing.change_settings(
        (service.enter(p_user_id, p_workspace_id)).workspace_id, p_settings::jsonb
    );
    return next;
end
$$;
alter function service.change_routing_settings(uuid, uuid, json) owner to leadboard_view;
grant execute on function service.change_routing_settings(uuid, uuid, json) to leadboard_api;

comment on function service.change_routing_settings(uuid, uuid, json) is
'PUT /api/routing/settings: changes routing settings; owners and admins only.';
