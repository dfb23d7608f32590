-- GET /agent/goals: the caller's goals of one kind of period that run today, with where they stand.
-- The tag is made of the answer itself: goals change between two refreshes.
create function service.agent_goals(
    p_user_id uuid, p_etag text, p_workspace_id uuid, p_period text
)
returns table (etag text, body json)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v record;
begin
    v := service.enter_agent(p_user_id, p_workspace_id);
    body := service.agent_goals_body(v.workspace_id, p_user_id, p_period, v.today);
    etag := service.etag('agent-goals', p_user_id::text, v.version::text, body::text);
    if service.is_known(p_etag, etag) then
        body := null;
    end if;
    return next;
end
$$;
alter function service.agent_goals(uuid, text, uuid, text) owner to leadboard_view;
grant execute on function service.agent_goals(uuid, text, uuid, text) to leadboard_api;

comment on function service.agent_goals(uuid, text, uuid, text) is
'GET /agent/goals: the caller''s own running goals and where they stand.';
