-- POST /api/analytics/reporting/send: enqueues a report that was made once more. The body is the
-- delivery.
create function service.send_report(p_user_id uuid, p_workspace_id uuid, p_body json)
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
    v_id := reporting.send(v_workspace_id, p_body::jsonb);
    body := (
        select d.document::json
        from reporting.delivery_documents(v_workspace_id, v_id, null, null, null, null, 1) as d
    );
    return next;
end
$$;
alter function service.send_report(uuid, uuid, json) owner to leadboard_view;
grant execute on function service.send_report(uuid, uuid, json) to leadboard_api;

comment on function service.send_report(uuid, uuid, json) is
'POST /api/analytics/reporting/send: enqueues a report that was made once more.';
