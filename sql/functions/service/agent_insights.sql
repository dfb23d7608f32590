-- GET /agent/analytics/insights: what is worth telling the caller about the last p_days local days.
create function service.agent_insights(
    p_user_id uuid, p_etag text, p_workspace_id uuid, p_days integer, p_language text
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
    etag := service.etag(
        'agent-insights', v.version::text, v.workspace_id::text, p_user_id::text, v.today::text,
        p_days::text, p_language
    );
    if service.is_known(p_etag, etag) then
        return next;
        return;
    end if;
    body := json_build_object(
        'dateRange', p_days::text,
        'insights', service.insights_body(v.workspace_id, p_user_id, p_days, p_language)
    );
    return next;
end
$$;
alter function service.agent_insights(uuid, text, uuid, integer, text) owner to leadboard_view;
grant execute on function service.agent_insights(uuid, text, uuid, integer, text) to leadboard_api;

comment on function service.agent_insights(uuid, text, uuid, integer, text) is
'GET /agent/analytics/insights: sentences about the caller''s own figures, each with type, metric, value and baseline.';
