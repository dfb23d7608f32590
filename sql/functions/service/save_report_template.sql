-- POST /api/analytics/reporting/templates (p_id null), PUT /api/analytics/reporting/templates/{id}:
-- makes or changes a template; the body is what is then there. gym_id in the body names the
-- workspace, as in the source system.
create function service.save_report_template(
    p_user_id uuid, p_workspace_id uuid, p_id uuid, p_body json
)
returns table (body json)
language plpgsql
volatile
as $$
declare
    v_workspace_id uuid;
    v_id uuid;
begin
    v_workspace_id := (
        service.enter(p_user_id, coalesce((p_body ->> 'gym_id')::uuid, p_workspace_id))
    ).workspace_id;
    v_id := reporting.save_template(v_workspace_id, p_id, p_body::jsonb);
    body := (
        select d.document::json
        from reporting.template_documents(v_workspace_id, v_id, null, 1) as d
    );
    return next;
end
$$;
alter function service.save_report_template(uuid, uuid, uuid, json) owner to leadboard_view;
grant execute on function service.save_report_template(uuid, uuid, uuid, json) to leadboard_api;

comment on function service.save_report_template(uuid, uuid, uuid, json) is
'POST /api/analytics/reporting/templates, PUT /api/analytics/reporting/templates/{id}: makes or changes a template.';
