-- How many leads a rule means, of those the caller may see (see service.matching_lead_rows).
create function service.matching_lead_count(p_workspace_id uuid, p_filter jsonb)
returns bigint
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
    return (select count(*) from crm.matching_leads(p_workspace_id, p_filter));
end
$$;
alter function service.matching_lead_count(uuid, jsonb) owner to leadboard_view;
grant execute on function service.matching_lead_count(uuid, jsonb) to leadboard_api;

comment on function service.matching_lead_count(uuid, jsonb) is
'How many leads a rule means, of those the caller may see.';
