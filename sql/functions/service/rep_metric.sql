-- GET /api/reports/metrics/{metric_id}: one metric of the workspace's own. LB404 for an unknown
-- one.
create function service.rep_metric(
    p_user_id uuid, p_etag text, p_workspace_id uuid, p_metric_id uuid
)
returns table (etag text, body json)
language plpgsql
volatile
as $$
declare
    v_caller record;
begin
    v_caller := service.enter(p_user_id, p_workspace_id);
    select m.body into body
    from service.metric_bodies(v_caller.workspace_id) as m
    where m.id = p_metric_id;
    if not found then
        raise exception using errcode = 'LB404', message = 'No such metric.';
    end if;
    etag := service.etag('metric', p_user_id::text, v_caller.workspace_id::text, body::text);
    if service.is_known(p_etag, etag) then
        body := null;
    end if;
    return next;
end
$$;
alter function service.rep_metric(uuid, text, uuid, uuid) owner to leadboard_view;
grant execute on function service.rep_metric(uuid, text, uuid, uuid) to leadboard_api;

comment on function service.rep_metric(uuid, text, uuid, uuid) is
'GET /api/reports/metrics/{metric_id}: one custom metric; LB404 for an unknown one.';
