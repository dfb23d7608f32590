-- The leads a rule means, newest first, of those the caller may see: policies of crm.leads decide,
-- because leadboard_view asks. After the position (p_before_at, p_before_id), null for the first
-- page.
-- The rule is known when the statement is planned (crm.matching_leads).
create function service.matching_lead_rows(
    p_workspace_id uuid, p_filter jsonb, p_limit integer, p_before_at timestamptz, p_before_id uuid
)
returns table (created_at timestamptz, lead_id uuid, body json)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
#variable_conflict use_column
begin
    return query
    select
        l.created_at,
        l.id,
        json_build_object(
            'lead_id', l.id,
            'first_name', l.first_name,
            'last_name', l.last_name,
            'company', l.company,
            'job_title', l.job_title,
            'email', l.email,
            'phone', l.phone,
            'source', l.source,
            'status', l.status,
            'industry', (select i.name from crm.industries as i where i.id = l.industry_id),
            'country', l.country,
            'company_size', l.company_size,
            'tags', l.tags,
            'score', l.score,
            'owner_user_id', l.owner_user_id,
            'created_at', l.created_at
        )
    from crm.matching_leads(p_workspace_id, p_filter) as l
    where p_before_at is null or (l.created_at, l.id) < (p_before_at, p_before_id)
    order by l.created_at desc, l.id desc
    limit p_limit;
end
$$;
alter function service.matching_lead_rows(uuid, jsonb, integer, timestamptz, uuid)
owner to leadboard_view;
grant execute on function service.matching_lead_rows(uuid, jsonb, integer, timestamptz, uuid)
to leadboard_api;

comment on function service.matching_lead_rows(uuid, jsonb, integer, timestamptz, uuid) is
'The leads a rule means, newest first, of those the caller may see.';
