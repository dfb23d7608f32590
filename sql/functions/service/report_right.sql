-- Before a template of somebody's is rendered: LB403 unless the caller may manage reports of any
-- branch of the workspace.
create function service.report_right(p_user_id uuid, p_workspace_id uuid)
returns table (allowed boolean)
language plpgsql
volatile
as $$
begin
    perform reporting.template_documents(
        (service.enter(p_user_id, p_workspace_id)).workspace_id, null, null, 0
    );
    allowed := true;
    return next;
end
$$;
alter function service.report_right(uuid, uuid) owner to leadboard_view;
grant execute on function service.report_right(uuid, uuid) to leadboard_api;

comment on function service.report_right(uuid, uuid) is
'LB403 unless the caller may manage reports of any branch.';
