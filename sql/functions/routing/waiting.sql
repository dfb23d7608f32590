-- The leads that nobody has got, those that wait longest first. For owners, admins and the router's
-- login. p_after_since and p_after_id are the key of the last lead of the page before.
-- Grain: one row per waiting lead.
create function routing.waiting(
    p_workspace_id uuid, p_after_since timestamptz, p_after_id uuid, p_limit integer
)
returns table (since timestamptz, lead_id uuid, body jsonb)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform routing.require_right(p_workspace_id);
    return query
    select
        w.since,
        w.lead_id,
        jsonb_build_object(
            'lead_id', w.lead_id,
            'queue', w.queue,
            'reasons', w.reasons,
            'hops', w.hops,
            'since', w.since,
            'tried_at', nullif(w.tried_at, '-infinity'),
            'source', l.source,
            'company', l.company,
            'province', l.province,
            'industry', i.name
        )
    from routing.waiting_leads as w
    inner join crm.leads as l on l.workspace_id = w.workspace_id and l.id = w.lead_id
    left join crm.industries as i on i.id = l.industry_id
    where
        w.workspace_id = p_workspace_id
        and (p_after_since is null or (w.since, w.lead_id) > (p_after_since, p_after_id))
    order by w.since, w.lead_id
    limit p_limit;
end
$$;
alter function routing.waiting(uuid, timestamptz, uuid, integer) owner to leadboard_owner;
grant execute on function routing.waiting(uuid, timestamptz, uuid, integer)
to leadboard_router, leadboard_api;

comment on function routing.waiting(uuid, timestamptz, uuid, integer) is
'Leads of a workspace that nobody has got, longest wait first; keyset pages.';
