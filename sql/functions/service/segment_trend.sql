-- GET /api/segments/{segment_id}/trend: one segment per local day, ISO week or month, the present
-- one (to date) last.
create function service.segment_trend(
    p_user_id uuid,
    p_etag text,
    p_workspace_id uuid,
    p_segment_id uuid,
    p_bucket text,
    p_periods integer
)
returns table (etag text, body json)
language plpgsql
volatile
as $$
declare
    v_workspace_id uuid;
    v_name text;
begin
    v_workspace_id := (service.enter(p_user_id, p_workspace_id)).workspace_id;
    select s.segment_name into v_name
    from analytics.segments as s
    where s.workspace_id = v_workspace_id and s.segment_id = p_segment_id;
    if not found then
        raise exception using errcode = 'LB404', message = 'No such segment.';
    end if;
    select
        json_build_object(
            'segment_id', p_segment_id,
            'segment_name', v_name,
            'bucket', p_bucket,
            'data', json_agg(t.body order by t.from_day)
        )
    into body
    from service.segment_trend_rows(v_workspace_id, p_segment_id, p_bucket, p_periods) as t;
    etag := service.etag('segment-trend', p_user_id::text, body::text);
    if service.is_known(p_etag, etag) then
        body := null;
    end if;
    return next;
end
$$;
alter function service.segment_trend(uuid, text, uuid, uuid, text, integer)
owner to leadboard_view;
grant execute on function service.segment_trend(uuid, text, uuid, uuid, text, integer)
to leadboard_api;

comment on function service.segment_trend(uuid, text, uuid, uuid, text, integer) is
'GET /api/segments/{segment_id}/trend: one segment per local day, ISO week or month.';
