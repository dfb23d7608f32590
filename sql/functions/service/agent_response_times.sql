-- GET /agent/analytics/response-times: hours to the first contact per day of the last p_days local
-- days, and as a rolling mean over seven days.
create function service.agent_response_times(
    p_user_id uuid, p_etag text, p_workspace_id uuid, p_days integer
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
        'agent-response-times', v.version::text, v.workspace_id::text, p_user_id::text,
        v.today::text, p_days::text
    );
    if service.is_known(p_etag, etag) then
        return next;
        return;
    end if;
    select
        json_build_object(
            'dateRange', p_days::text,
            'data', json_agg(
                json_build_object(
                    'date', d.day,
                    'responseTimeHours', round(d.avg_response_hours, 1),
                    'leadsContacted', d.leads_contacted,
                    'rolling7dHours', round(d.avg_response_hours_7d, 1),
                    'rolling7dLeads', d.leads_contacted_7d
                )
                order by d.day
            )
        )
    into body
    from metrics.response_days(
        v.workspace_id, p_user_id, v.today + 1 - p_days, v.today + 1
    ) as d;
    return next;
end
$$;
alter function service.agent_response_times(uuid, text, uuid, integer) owner to leadboard_view;
grant execute on function service.agent_response_times(uuid, text, uuid, integer)
to leadboard_api;

comment on function service.agent_response_times(uuid, text, uuid, integer) is
'GET /agent/analytics/response-times: the caller''s own response time per day, and rolling over seven.';
