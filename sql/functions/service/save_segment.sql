-- POST /api/segments, PUT /api/segments/{segment_id} and DELETE, which archives: makes
-- (p_segment_id null) or changes a segment; the body is the segment as it then is.
create function service.save_segment(
    p_user_id uuid, p_workspace_id uuid, p_segment_id uuid, p_segment json
)
returns table (body json)
language plpgsql
volatile
as $$
declare
    v_workspace_id uuid;
    v_segment_id uuid;
begin
    v_workspace_id := (service.enter(p_user_id, p_workspace_id)).workspace_id;
    -- A statement of its own: the next one sees what it wrote.
    v_segment_id := crm.save_segment(v_workspace_id, p_segment_id, p_segment::jsonb);
    body := service.segment_body(v_workspace_id, v_segment_id);
    return next;
end
$$;
alter function service.save_segment(uuid, uuid, uuid, json) owner to leadboard_view;
grant execute on function service.save_segment(uuid, uuid, uuid, json) to leadboard_api;

comment on function service.save_segment(uuid, uuid, uuid, json) is
'POST, PUT and DELETE of /api/segments: makes, changes or archives a segment; owners and admins only.';
