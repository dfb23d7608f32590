-- GET /api/segments/{segment_id}: a segment with every version of its rule.
create function service.segment(
    p_user_id uuid, p_etag text, p_workspace_id uuid, p_segment_id uuid
)
returns table (etag text, body json)
language plpgsql
volatile
as $$
begin
    body := service.segment_body(
        (service.enter(p_user_id, p_workspace_id)).workspace_id, p_segment_id
    );
    if body is null then
        raise exception using errcode = 'LB404', message = 'No such segment.';
    end if;
    etag := service.etag('segment', p_user_id::text, body::text);
    if service.is_known(p_etag, etag) then
        body := null;
    end if;
    return next;
end
$$;
alter function service.segment(uuid, text, uuid, uuid) owner to leadboard_view;
grant execute on function service.segment(uuid, text, uuid, uuid) to leadboard_api;

comment on function service.segment(uuid, text, uuid, uuid) is
'GET /api/segments/{segment_id}: a segment with every version of its rule.';
