-- GET /api/ops/refreshes: how the refreshing of the figures goes. Owners and admins
-- only.
create function service.refreshes(
    p_user_id uuid, p_etag text, p_workspace_id uuid, p_limit integer
)
returns table (etag text, body json)
language plpgsql
volatile
as $$
begin
    body := ops.refresh_report(
        (service.enter(p_user_id, p_workspace_id)).workspace_id, p_limit
    );
    etag := service.etag('refreshes', p_user_id::text, body::text);
    if service.is_known(p_etag, etag) then
        body := null;
    end if;
    return next;
end
$$;
alter function service.refreshes(uuid, text, uuid, integer) owner to leadboard_view;
grant execute on function service.refreshes(uuid, text, uuid, integer) to leadboard_api;

comment on function service.refreshes(uuid, text, uuid, integer) is
'GET /api/ops/refreshes: how the refreshing of the figures goes; owners and admins only.';
