-- POST /api/imports, second step, as often as it takes: stages rows of the file.
create function service.stage_import(
    p_user_id uuid, p_workspace_id uuid, p_import_id uuid, p_rows json
)
returns table (row_count integer)
language plpgsql
volatile
as $$
begin
    perform app.act_as(p_user_id);
    row_count := crm.stage_import_rows(p_workspace_id, p_import_id, p_rows);
    return next;
end
$$;
alter function service.stage_import(uuid, uuid, uuid, json) owner to leadboard_view;
grant execute on function service.stage_import(uuid, uuid, uuid, json) to leadboard_api;

comment on function service.stage_import(uuid, uuid, uuid, json) is
'POST /api/imports: stages rows of the file; gives how many.';
