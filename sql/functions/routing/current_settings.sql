-- The routing settings in force, as JSON. For owners, admins and the router's login.
create function routing.current_settings(p_workspace_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform routing.require_right(p_workspace_id);
    return routing.settings_body(p_workspace_id);
end
$$;
alter function routing.current_settings(uuid) owner to leadboard_owner;
grant execute on function routing.current_settings(uuid) to leadboard_router, leadboard_api;

comment on function routing.current_settings(uuid) is
'The sliders and other settings of a workspace''s routing, as JSON.';
