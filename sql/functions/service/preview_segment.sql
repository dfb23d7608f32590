-- POST /api/segments/preview: how many leads a rule means now, and the newest of them. Nothing is
-- kept. LB400 with errors per key of a faulty rule.
create function service.preview_segment(
    p_user_id uuid, p_workspace_id uuid, p_filter json, p_limit integer
)
returns table (body json)
language plpgsql
volatile
as $$
declare
    v_workspace_id uuid;
begin
    v_workspace_id := (service.enter(p_user_id, p_workspace_id)).workspace_id;
    perform crm.refuse_faulty_filter(p_filter::jsonb);
    body := json_build_object(
        'count', service.matching_lead_count(v_workspace_id, p_filter::jsonb),
        'items', (
            select coalesce(json_agg(l.body order by l.created_at desc, l.lead_id desc), '[]')
            from service.matching_lead_rows(v_workspace_id, p_filter::jsonb, p_limit, null, null) as l
        )
    );
    return next;
end
$$;
alter function service.preview_segment(uuid, uuid, json, integer) owner to leadboard_view;
grant execute on function service.preview_segment(uuid, uuid, json, integer) to leadboard_api;

comment on function service.preview_segment(uuid, uuid, json, integer) is
'POST /api/segments/preview: how many leads of the caller a rule means, and the newest of them.';
