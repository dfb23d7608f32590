-- POST /api/analytics/reporting/subscriptions (p_id null), PUT
-- /api/analytics/reporting/subscriptions/{id}: makes or changes a subscription; the body is what is
-- then there. gym_id in the body names the workspace, as in the source system.
create function service.save_report_subscription(
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
    if (p_body ->> 'created_by')::uuid <> p_user_id then
        raise exception using
            errcode = 'LB403',
            message = 'Subscriptions are made in one''s own name: created_by is somebody else.';
    end if;
    v_id := reporting.save_subscription(v_workspace_id, p_id, p_body::jsonb);
    body := (
        select d.document::json
        from reporting.subscription_documents(v_workspace_id, v_id, null, null, 1) as d
    );
    return next;
end
$$;
alter function service.save_report_subscription(uuid, uuid, uuid, json) owner to leadboard_view;
grant execute on function service.save_report_subscription(uuid, uuid, uuid, json) to leadboard_api;

comment on function service.save_report_subscription(uuid, uuid, uuid, json) is
'POST /api/analytics/reporting/subscriptions, PUT /api/analytics/reporting/subscriptions/{id}: makes or changes a subscription.';
