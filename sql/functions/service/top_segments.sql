-- GET /api/dashboard/top-segments: the best segments by reply_rate or open_rate, provisional ones
-- last. Only segments that something was sent to: the rates are numbers.
create function service.top_segments(
    p_user_id uuid,
    p_etag text,
    p_workspace_id uuid,
    p_days integer,
    p_metric text,
    p_limit integer
)
returns table (etag text, body json)
language plpgsql
volatile
as $$
declare
    v_caller record;
    v_range record;
begin
    v_caller := service.enter(p_user_id, p_workspace_id);
    v_range := service.segment_range(v_caller.workspace_id, p_days);
    etag := service.etag(
        'top-segments', v_caller.version::text, v_caller.workspace_id::text, p_user_id::text,
        v_caller.role, v_caller.branch_id::text, v_range.to_at, p_days::text, p_metric, p_limit::text
    );
    if service.is_known(p_etag, etag) then
        return next;
        return;
    end if;

    select
        json_build_object(
            'time_range_from', v_range.from_at,
            'time_range_to', v_range.to_at,
            'metric', p_metric,
            'segments', coalesce(json_agg(t.body order by t.place), '[]')
        )
    into body
    from (
        select
            r.body,
            case p_metric when 'open_rate' then r.open_position else r.reply_position end as place
        from service.segment_rows(v_caller.workspace_id, p_days, null, false) as r
    ) as t
    where t.place <= p_limit;
    return next;
end
$$;
alter function service.top_segments(uuid, text, uuid, integer, text, integer)
owner to leadboard_view;
grant execute on function service.top_segments(uuid, text, uuid, integer, text, integer)
to leadboard_api;

comment on function service.top_segments(uuid, text, uuid, integer, text, integer) is
'GET /api/dashboard/top-segments: the best segments by reply or open rate.';
