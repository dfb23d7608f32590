-- GET /api/analytics/reporting/subscriptions/{id}: one subscription. LB404, LB403.
create function service.report_subscription(
    p_user_id uuid, p_etag text, p_workspace_id uuid, p_id uuid
)
returns table (etag text, body json)
language plpgsql
volatile
as $$
begin
    body := (
        select d.document::json
        from reporting.subscription_documents(
            (service.enter(p_user_id, p_workspace_id)).workspace_id, p_id, null, null, 1
        ) as d
    );
    if body is null then
        raise exception using errcode = 'LB404', message = 'There is nothing here.';
    end if;
    etag := service.etag(p_user_id::text, body::text);
    if service.is_known(p_etag, etag) then
        body := null;
    end if;
    return next;
end
$$;
alter function service.report_subscription(uuid, text, uuid, uuid) owner to leadboard_view;
grant execute on function service.report_subscription(uuid, text, uuid, uuid) to leadboard_api;

comment on function service.report_subscription(uuid, text, uuid, uuid) is
'GET /api/analytics/reporting/subscriptions/{id}: one subscription.';
