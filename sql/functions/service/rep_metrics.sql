-- GET /api/reports/metrics: everything a leaderboard of the workspace can be sorted by. At most 100
-- are the workspace's own, so it is one page.
create function service.rep_metrics(p_user_id uuid, p_etag text, p_workspace_id uuid)
returns table (etag text, body json)
language plpgsql
volatile
as $$
declare
    v_caller record;
begin
    v_caller := service.enter(p_user_id, p_workspace_id);
    select json_build_object('items', json_agg(m.body order by m.ordinal), 'next_cursor', null)
    into body
    from service.metric_bodies(v_caller.workspace_id) as m;
    etag := service.etag('metrics', p_user_id::text, v_caller.workspace_id::text, body::text);
    if service.is_known(p_etag, etag) then
        body := null;
    end if;
    return next;
end
$$;
alter function service.rep_metrics(uuid, text, uuid) owner to leadboard_view;
grant execute on function service.rep_metrics(uuid, text, uuid) to leadboard_api;

comment on function service.rep_metrics(uuid, text, uuid) is
'GET /api/reports/metrics: what a leaderboard can be sorted by.';
