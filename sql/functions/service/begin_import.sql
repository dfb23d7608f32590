-- POST /api/imports, first step: the right, the mapping and the header are checked, and the import
-- begins. Errors as crm.create_import raises them.
create function service.begin_import(
    p_user_id uuid,
    p_workspace_id uuid,
    p_kind text,
    p_file_name text,
    p_mapping jsonb,
    p_header text[]
)
returns table (workspace_id uuid, import_id uuid)
language plpgsql
volatile
as $$
begin
    workspace_id := (service.enter(p_user_id, p_workspace_id)).workspace_id;
    import_id := crm.create_import(workspace_id, p_kind, p_file_name, p_mapping, p_header);
    return next;
end
$$;
alter function service.begin_import(uuid, uuid, text, text, jsonb, text[]) owner to leadboard_view;
grant execute on function service.begin_import(uuid, uuid, text, text, jsonb, text[])
to leadboard_api;

comment on function service.begin_import(uuid, uuid, text, text, jsonb, text[]) is
'POST /api/imports: begins an import; gives its workspace and id.';
