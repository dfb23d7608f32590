-- Templates as JSON, newest first: one (p_id), or those older than p_before.
create function reporting.template_documents(
    p_workspace_id uuid, p_id uuid, p_before uuid, p_limit integer
)
returns table (id uuid, document jsonb)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform reporting.require_right(p_workspace_id, null);
    return query
    select
        t.id,
        jsonb_build_object(
            'id', t.id,
            'gym_id', t.workspace_id,
            'name', t.name,
            'description', t.description,
            'template_type', t.template_type,
            'template_content', t.template_content,
            'created_by', t.created_by_user_id,
            'created_at', t.created_at,
            'updated_at', t.updated_at
        )
    from reporting.templates as t
    where
        t.workspace_id = p_workspace_id
        and (p_id is null or t.id = p_id)
        and (p_before is null or t.id < p_before)
    order by t.id desc
    limit p_limit;
end
$$;
alter function reporting.template_documents(uuid, uuid, uuid, integer) owner to leadboard_owner;
grant execute on function reporting.template_documents(uuid, uuid, uuid, integer) to leadboard_api;

comment on function reporting.template_documents(uuid, uuid, uuid, integer) is
'Templates of a workspace as JSON, newest first.';
