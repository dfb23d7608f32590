-- GET /agent/analytics/activities: a page of the caller's timeline, newest first. Real-time, so its
-- tag is made of the page itself.
create function service.agent_activities(
    p_user_id uuid,
    p_etag text,
    p_workspace_id uuid,
    p_filter text,
    p_limit integer,
    p_cursor text
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
    body := service.timeline_body(v.workspace_id, p_user_id, p_filter, p_limit, p_cursor);
    etag := service.etag('agent-activities', p_user_id::text, body::text);
    if service.is_known(p_etag, etag) then
        body := null;
    end if;
    return next;
end
$$;
alter function service.agent_activities(uuid, text, uuid, text, integer, text)
owner to leadboard_view;
grant execute on function service.agent_activities(uuid, text, uuid, text, integer, text)
to leadboard_api;

comment on function service.agent_activities(uuid, text, uuid, text, integer, text) is
'GET /agent/analytics/activities: a page of the caller''s own timeline, newest first, real-time.';
