-- DELETE /api/analytics/reporting/templates/{id}: removes a template. LB404, LB403.
create function service.delete_report_template(p_user_id uuid, p_workspace_id uuid, p_id uuid)
returns table (removed uuid)
language plpgsql
volatile
as $$
begin
    perform reporting.delete_template(
        (service.enter(p_user_id, p_workspace_id)).workspace_id, p_id
    );
    removed := p_id;
    return next;
end
$$;
alter function service.delete_report_template(uuid, uuid, uuid) owner to leadboard_view;
grant execute on function service.delete_report_template(uuid, uuid, uuid) to leadboard_api;

comment on function service.delete_report_template(uuid, uuid, uuid) is
'DELETE /api/analytics/reporting/templates/{id}: removes a template.';
