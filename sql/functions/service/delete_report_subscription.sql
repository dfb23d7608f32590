-- DELETE /api/analytics/reporting/subscriptions/{id}: removes a subscription. LB404, LB403.
create function service.delete_report_subscription(p_user_id uuid, p_workspace_id uuid, p_id uuid)
returns table (removed uuid)
language plpgsql
volatile
as $$
begin
    perform reporting.delete_subscription(
        (service.enter(p_user_id, p_workspace_id)).workspace_id, p_id
    );
    removed := p_id;
    return next;
end
$$;
alter function service.delete_report_subscription(uuid, uuid, uuid) owner to leadboard_view;
grant execute on function service.delete_report_subscription(uuid, uuid, uuid) to leadboard_api;

comment on function service.delete_report_subscription(uuid, uuid, uuid) is
'DELETE /api/analytics/reporting/subscriptions/{id}: removes a subscription.';
