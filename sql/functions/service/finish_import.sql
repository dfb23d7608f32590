-- POST /api/imports, last step: lands the staged rows and reports.
create function service.finish_import(p_user_id uuid, p_workspace_id uuid, p_import_id uuid)
returns table (body json)
language plpgsql
volatile
as $$
begin
    perform app.act_as(p_user_id);
    perform crm.apply_import(p_workspace_id, p_import_id);
    body := service.import_report(p_workspace_id, p_import_id);
    return next;
end
$$;
alter function service.finish_import(uuid, uuid, uuid) owner to leadboard_view;
grant execute on function service.finish_import(uuid, uuid, uuid) to leadboard_api;

comment on function service.finish_import(uuid, uuid, uuid) is
'POST /api/imports: lands the staged rows; gives the report.';
