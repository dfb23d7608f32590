-- GET /api/segments/{segment_id}/performance: all figures of one segment and what they are made of.
create function service.segment_performance(
    p_user_id uuid, p_etag text, p_workspace_id uuid, p_segment_id uuid, p_days integer
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
        'segment-performance', v_caller.version::text, v_caller.workspace_id::text, p_user_id::text,
        v_caller.role, v_caller.branch_id::text, v_range.to_at, p_days::text, p_segment_id::text
    );
    if service.is_known(p_etag, etag) then
        return next;
        return;
    end if;

    select
        json_build_object(
            'time_range_from', v_range.from_at,
            'time_range_to', v_range.to_at,
            'segment', r.body,
            'hours', p.hours,
            'weekdays', p.weekdays,
            'versions', p.versions,
            'campaigns', p.campaigns
        )
    into body
    from service.segment_rows(v_caller.workspace_id, p_days, null, true) as r
    cross join lateral service.segment_parts(
        v_caller.workspace_id, p_segment_id, v_range.from_day, v_range.to_day
    ) as p
    where r.segment_id = p_segment_id;
    if not found then
        raise exception using errcode = 'LB404', message = 'No such segment.';
    end if;
    return next;
end
$$;
alter function service.segment_performance(uuid, text, uuid, uuid, integer)
owner to leadboard_view;
grant execute on function service.segment_performance(uuid, text, uuid, uuid, integer)
to leadboard_api;

comment on function service.segment_performance(uuid, text, uuid, uuid, integer) is
'GET /api/segments/{segment_id}/performance: all figures of one segment, by hour, weekday, version and campaign.';
