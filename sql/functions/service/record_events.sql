-- POST /api/events: hands a batch to crm.record_events for the verified user.
-- The body is a list with one result per event, in order.
create function service.record_events(p_user_id uuid, p_workspace_id uuid, p_events json)
returns table (body json)
language plpgsql
volatile
as $$
begin
    perform app.act_as(p_user_id);
    select
        coalesce(
            json_agg(
                json_build_object('result', r.result, 'reason', r.reason)
                order by r.ordinal
            ),
            '[]'
        )
    into body
    from crm.record_events(app.resolve_workspace(p_workspace_id), p_events) as r;
    return next;
end
$$;
alter function service.record_events(uuid, uuid, json) owner to leadboard_view;
grant execute on function service.record_events(uuid, uuid, json) to leadboard_api;

comment on function service.record_events(uuid, uuid, json) is
'POST /api/events: records a batch of events; one result per event, in order.';
