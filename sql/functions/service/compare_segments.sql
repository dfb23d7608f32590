-- GET /api/segments/compare: two to five segments side by side, in the order asked for, with the
-- probability of each to have the highest reply rate among them. LB404 when one is unknown.
create function service.compare_segments(
    p_user_id uuid, p_etag text, p_workspace_id uuid, p_segment_ids uuid[], p_days integer
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
    if (select count(distinct k.id) from unnest(p_segment_ids) as k (id)) <> cardinality(p_segment_ids) then
        raise exception using
            errcode = 'LB400', message = 'A segment is compared with others, not with itself.';
    end if;
    v_range := service.segment_range(v_caller.workspace_id, p_days);
    etag := service.etag(
        'compare-segments', v_caller.version::text, v_caller.workspace_id::text, p_user_id::text,
        v_caller.role, v_caller.branch_id::text, v_range.to_at, p_days::text, p_segment_ids::text
    );
    if service.is_known(p_etag, etag) then
        return next;
        return;
    end if;

    select
        json_build_object(
            'time_range_from', v_range.from_at,
            'time_range_to', v_range.to_at,
            'segments', json_agg(r.body order by k.ordinal)
        )
    into body
    from unnest(p_segment_ids) with ordinality as k (id, ordinal)
    inner join
        service.segment_rows(v_caller.workspace_id, p_days, p_segment_ids, false) as r
        on r.segment_id = k.id
    having count(*) = cardinality(p_segment_ids);
    if not found then
        raise exception using errcode = 'LB404', message = 'No such segment.';
    end if;
    return next;
end
$$;
alter function service.compare_segments(uuid, text, uuid, uuid[], integer) owner to leadboard_view;
grant execute on function service.compare_segments(uuid, text, uuid, uuid[], integer)
to leadboard_api;

comment on function service.compare_segments(uuid, text, uuid, uuid[], integer) is
'GET /api/segments/compare: two to five segments side by side.';
