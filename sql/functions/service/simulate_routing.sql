-- POST /api/routing/simulation: what other settings would have done with the leads of the last
-- p_days local days of the workspace, until now. Writes nothing. Owners and admins only.
create function service.simulate_routing(
    p_user_id uuid, p_workspace_id uuid, p_days integer, p_settings json
)
returns table (body json)
language plpgsql
volatile
as $$
begin
    body := routing.simulate_days(
        (service.enter(p_user_id, p_workspace_id)).workspace_id, p_days, p_settings::jsonb
    );
    return next;
end
$$;
alter function service.simulate_routing(uuid, uuid, integer, json) owner to leadboard_view;
grant execute on function service.simulate_routing(uuid, uuid, integer, json) to leadboard_api;

comment on function service.simulate_routing(uuid, uuid, integer, json) is
'POST /api/routing/simulation: replays the leads of the last days under other settings; owners and admins only.';
