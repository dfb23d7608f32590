-- GET /api/routing/settings: sliders, time limit, deal value basis and score weights in force.
create function service.routing_settings(p_user_id uuid, p_etag text, p_workspace_id uuid)
returns table (etag text, body json)
language plpgsql
volatile
as $$
begin
    body := routing.current_settings((service.enter(p_user_id, p_workspace_id)).workspace_id);
    etag := service.etag('routing-settings', p_user_id::text, body::text);
    if service.is_known(p_etag, etag) then
        body := null;
    end if;
    return next;
end
$$;
alter function service.routing_settings(uuid, text, uuid) owner to leadboard_view;
grant execute on function service.routing_settings(uuid, text, uuid) to leadboard_api;

comment on function service.routing_settings(uuid, text, uuid) is
'GET /api/routing/settings: routing settings of a workspace; owners and admins only.';
