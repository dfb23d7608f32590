-- POST and PUT /agent/goals: sets the caller's own goals of the period that runs today; the body is
-- what GET would answer.
create function service.set_agent_goals(
    p_user_id uuid, p_workspace_id uuid, p_period text, p_goals json, p_is_new boolean
)
returns table (body json)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v record;
begin
    v := service.enter_agent(p_user_id, p_workspace_id);
    perform goals.set_goals(v.workspace_id, p_period, p_goals::jsonb, p_is_new, v.today);
    body := service.agent_goals_body(v.workspace_id, p_user_id, p_period, v.today);
    return next;
end
$$;
alter function service.set_agent_goals(uuid, uuid, text, json, boolean) owner to leadboard_view;
grant execute on function service.set_agent_goals(uuid, uuid, text, json, boolean)
to leadboard_api;

comment on function service.set_agent_goals(uuid, uuid, text, json, boolean) is
'POST (is_new) and PUT /agent/goals: sets the caller''s own goals of the running period.';
