-- GET /api/analytics/reporting/deliveries/{id}/html and .pdf: what the service draws them from.
create function service.report_source(p_user_id uuid, p_workspace_id uuid, p_id uuid)
returns table (body json)
language plpgsql
volatile
as $$
begin
    body := reporting.delivery_source(
        (service.enter(p_user_id, p_workspace_id)).workspace_id, p_id
    );
    return next;
end
$$;
alter function service.report_source(uuid, uuid, uuid) owner to leadboard_view;
grant execute on function service.report_source(uuid, uuid, uuid) to leadboard_api;

comment on function service.report_source(uuid, uuid, uuid) is
'What the HTML page and the PDF of a delivery are drawn from: report, notes, template.';
