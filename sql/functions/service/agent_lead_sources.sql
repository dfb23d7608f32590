-- GET /agent/analytics/lead-sources: what each source brought the caller in the last p_days local
-- days, largest first.
create function service.agent_lead_sources(
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
        'agent-lead-sources', v.version::text, v.workspace_id::text, p_user_id::text,
        v.today::text, p_days::text
    );
    if service.is_known(p_etag, etag) then
        return next;
        return;
    end if;
    select
        json_build_object(
            'sources', coalesce(
                json_agg(
                    json_build_object(
                        'source', s.source,
                        'count', s.leads,
                        'conversionRate', metrics.percent(s.leads_won, s.leads),
                        'revenue', trim_scale(round(s.revenue, 2)),
                        'converted', s.leads_won
                    )
                    order by s.leads desc, s.source
                ),
                '[]'
            )
        )
    into body
    from metrics.lead_sources(v.workspace_id, p_user_id, v.today + 1 - p_days, v.today + 1) as s;
    return next;
end
$$;
alter function service.agent_lead_sources(uuid, text, uuid, integer) owner to leadboard_view;
grant execute on function service.agent_lead_sources(uuid, text, uuid, integer) to leadboard_api;

comment on function service.agent_lead_sources(uuid, text, uuid, integer) is
'GET /agent/analytics/lead-sources: the caller''s own leads of the last days by source, largest first.';
