-- routing.simulate() over the last p_days local days of the workspace, until now; from and to say
-- which period that is.
create function routing.simulate_days(
    p_workspace_id uuid, p_days integer, p_settings jsonb default '{}'
)
returns jsonb
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_from timestamptz;
begin
    perform routing.require_right(p_workspace_id);
    select app.day_start(app.today(w.timezone) - p_days + 1, w.timezone) into v_from
    from crm.workspaces as w
    where w.workspace_id = p_workspace_id;
    return routing.simulate(p_workspace_id, v_from, app.now(), p_settings)
        || jsonb_build_object('from', v_from, 'to', app.now());
end
$$;
alter function routing.simulate_days(uuid, integer, jsonb) owner to leadboard_owner;
grant execute on function routing.simulate_days(uuid, integer, jsonb)
to leadboard_router, leadboard_api;

comment on function routing.simulate_days(uuid, integer, jsonb) is
'What other settings would have done with the leads of the last days; see routing.simulate.';
