-- DELETE /api/reports/metrics/{metric_id}. Returns whether it is gone, which is true.
create function service.remove_rep_metric(p_user_id uuid, p_workspace_id uuid, p_metric_id uuid)
returns table (is_gone boolean)
language plpgsql
volatile
as $$
begin
    perform service.drop_rep_metric(
        (service.enter(p_user_id, p_workspace_id)).workspace_id, p_metric_id
    );
    is_gone := true;
    return next;
end
$$;
alter function service.remove_rep_metric(uuid, uuid, uuid) owner to leadboard_view;
grant execute on function service.remove_rep_metric(uuid, uuid, uuid) to leadboard_api;

comment on function service.remove_rep_metric(uuid, uuid, uuid) is
'DELETE /api/reports/metrics/{metric_id}: removes a custom metric.';
