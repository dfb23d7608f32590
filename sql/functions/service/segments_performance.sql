-- GET /api/segments/performance: all active segments with all their figures, best first; those that
-- nothing was sent to come last, by name. Pages by place: a place is a segment's for as long as the
-- figures are the same.
create function service.segments_performance(
    p_user_id uuid,
    p_etag text,
    p_workspace_id uuid,
    p_days integer,
    p_metric text,
    p_limit integer,
    p_cursor text
)
returns table (etag text, body json)
language plpgsql
volatile
as $$
declare
    v_caller record;
    v_range record;
    v_after text[];
begin
    v_caller := service.enter(p_user_id, p_workspace_id);
    v_range := service.segment_range(v_caller.workspace_id, p_days);
    etag := service.etag(
        'segments-performance', v_caller.version::text, v_caller.workspace_id::text, p_user_id::text,
        v_caller.role, v_caller.branch_id::text, v_range.to_at, p_days::text, p_metric, p_limit::text,
        p_cursor
    );
    if service.is_known(p_etag, etag) then
        return next;
        return;
    end if;
    if p_cursor is not null then
        v_after := service.decode_cursor(p_cursor, array['number', 'text', 'uuid']);
    end if;

    with rows as (
        select
            r.segment_id,
            r.segment_name,
            r.body,
            case p_metric when 'open_rate' then r.open_position else r.reply_position end as place
        from service.segment_rows(v_caller.workspace_id, p_days, null, true) as r
        where r.is_active
    ),

    page as (
        select
            r.segment_id,
            r.segment_name,
            r.body,
            r.place,
            row_number() over (order by r.place nulls last, r.segment_name, r.segment_id) as ordinal
        from rows as r
        where
            p_cursor is null
            or case
                when v_after[1] is null
                    then r.place is null and (r.segment_name, r.segment_id) > (v_after[2], v_after[3]::uuid)
                else r.place is null or r.place > v_after[1]::numeric
            end
        order by r.place nulls last, r.segment_name, r.segment_id
        limit p_limit + 1
    )

    select
        json_build_object(
            'time_range_from', v_range.from_at,
            'time_range_to', v_range.to_at,
            'metric', p_metric,
            'items', coalesce(
                json_agg(p.body order by p.ordinal) filter (where p.ordinal <= p_limit), '[]'
            ),
            'next_cursor', service.encode_cursor((
                select json_build_array(l.place::text, l.segment_name, l.segment_id)
                from page as l
                where l.ordinal = p_limit and exists (select from page as m where m.ordinal > p_limit)
            ))
        )
    into body
    from page as p;
    return next;
end
$$;
alter function service.segments_performance(uuid, text, uuid, integer, text, integer, text)
owner to leadboard_view;
grant execute on function service.segments_performance(
    uuid, text, uuid, integer, text, integer, text
)
to leadboard_api;

comment on function service.segments_performance(uuid, text, uuid, integer, text, integer, text) is
'GET /api/segments/performance: a page of the active segments with all figures, best first.';
