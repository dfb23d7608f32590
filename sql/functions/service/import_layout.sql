-- How the file of an import was laid out: its header and the mapping it was read by. Definer like
-- service.import_documents; owners and admins only (LB403). Grain: one row, none when there is no
-- import.
create function service.import_layout(p_workspace_id uuid, p_import_id uuid)
returns table (header text[], mapping jsonb)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform crm.check_import_right(p_workspace_id);
    return query
    select
        i.header,
        i.mapping
    from crm.imports as i
    where i.workspace_id = p_workspace_id and i.id = p_import_id;
end
$$;
alter function service.import_layout(uuid, uuid) owner to leadboard_owner;
grant execute on function service.import_layout(uuid, uuid) to leadboard_api;

comment on function service.import_layout(uuid, uuid) is
'Header and mapping of the file of an import; owners and admins only.';
