-- GET /agent/analytics/funnel: how far the caller's leads of the last p_days local days came.
create function service.agent_funnel(
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
        'agent-funnel', v.version::text, v.workspace_id::text, p_user_id::text, v.today::text,
        p_days::text
    );
    if service.is_known(p_etag, etag) then
        return next;
        return;
    end if;
    select
        json_build_object(
            'funnel', json_build_object(
                'assigned', f.assigned,
                'contacted', f.contacted,
                'interested', f.interested,
                'converted', f.converted
            ),
            'conversionRates', json_build_object(
                'contactRate', metrics.percent(f.contacted, f.assigned),
                'interestRate', metrics.percent(f.interested, f.assigned),
                'conversionRate', metrics.percent(f.converted, f.assigned)
            )
        )
    into body
    from metrics.funnel(v.workspace_id, p_user_id, v.today + 1 - p_days, v.today + 1) as f;
    return next;
end
$$;
alter function service.agent_funnel(uuid, text, uuid, integer) owner to leadboard_view;
grant execute on function service.agent_funnel(uuid, text, uuid, integer) to leadboard_api;

comment on function service.agent_funnel(uuid, text, uuid, integer) is
'GET /agent/analytics/funnel: stages reached by the caller''s own leads of the last days.';
