-- POST /api/reports/metrics (p_metric_id null) and PUT /api/reports/metrics/{metric_id}: the body
-- is the metric as it then is.
create function service.save_rep_metric(
    p_user_id uuid, p_workspace_id uuid, p_metric_id uuid, p_metric json
)
returns table (id uuid, body json)
language plpgsql
volatile
as $$
declare
    v_caller record;
begin
    v_caller := service.enter(p_user_id, p_workspace_id);
    id := service.store_rep_metric(v_caller.workspace_id, p_metric_id, p_metric::jsonb);
    body := (
        select m.body
        from service.metric_bodies(v_caller.workspace_id) as m
        where m.id = save_rep_metric.id
    );
    return next;
end
$$;
alter function service.save_rep_metric(uuid, uuid, uuid, json) owner to leadboard_view;
grant execute on function service.save_rep_metric(uuid, uuid, uuid, json) to leadboard_api;

comment on function service.save_rep_metric(uuid, uuid, uuid, json) is
'POST /api/reports/metrics and PUT /api/reports/metrics/{metric_id}: defines or changes a custom metric.';
