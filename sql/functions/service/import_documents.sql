-- What the service says of imports, newest first: all after a key, or one. Definer, because the
-- service's login reads no table; owners and admins only (LB403).
-- Grain: one row per import. Keys are made in the order of time, so they order the list.
create function service.import_documents(
    p_workspace_id uuid, p_import_id uuid, p_before uuid, p_limit integer
)
returns table (id uuid, document json)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform crm.check_import_right(p_workspace_id);
    return query
    select
        i.id,
        json_build_object(
            'id', i.id,
            'kind', i.kind,
            'file_name', i.file_name,
            'source_system', i.source_system,
            'status', i.status,
            'row_count', i.row_count,
            'inserted_count', i.inserted_count,
            'updated_count', i.updated_count,
            'unchanged_count', i.unchanged_count,
            'rejected_count', i.rejected_count,
            'warning_count', i.warning_count,
            'created_by_user_id', i.created_by_user_id,
            'created_at', i.created_at,
            'finished_at', i.finished_at
        )
    from crm.imports as i
    where
        i.workspace_id = p_workspace_id
        and (p_import_id is null or i.id = p_import_id)
        and (p_before is null or i.id < p_before)
    order by i.id desc
    limit p_limit;
end
$$;
alter function service.import_documents(uuid, uuid, uuid, integer) owner to leadboard_owner;
grant execute on function service.import_documents(uuid, uuid, uuid, integer) to leadboard_api;

comment on function service.import_documents(uuid, uuid, uuid, integer) is
'Imports of a workspace as JSON, newest first: one, or a page before a key. Owners and admins only.';
