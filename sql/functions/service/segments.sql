-- GET /api/segments: the segments of a workspace by name, active or archived ones. Every member
-- knows them.
create function service.segments(
    p_user_id uuid,
    p_etag text,
    p_workspace_id uuid,
    p_archived boolean,
    p_limit integer,
    p_cursor text
)
returns table (etag text, body json)
language plpgsql
volatile
as $$
declare
    v_workspace_id uuid;
    v_after text[];
begin
    v_workspace_id := (service.enter(p_user_id, p_workspace_id)).workspace_id;
    if p_cursor is not null then
        v_after := service.decode_cursor(p_cursor, array['text', 'uuid']);
    end if;

    with page as (
        select
            s.segment_id,
            s.segment_name,
            s.filter,
            s.version,
            s.archived_at,
            s.created_by_user_id,
            s.created_at,
            row_number() over (order by s.segment_name, s.segment_id) as ordinal
        from analytics.segments as s
        where
            s.workspace_id = v_workspace_id
            and (s.archived_at is not null) = p_archived
            and (p_cursor is null or (s.segment_name, s.segment_id) > (v_after[1], v_after[2]::uuid))
        order by s.segment_name, s.segment_id
        limit p_limit + 1
    )

    select
        json_build_object(
            'items', coalesce(
                json_agg(
                    json_build_object(
                        'segment_id', p.segment_id,
                        'segment_name', p.segment_name,
                        'filter', p.filter,
                        'version', p.version,
                        'archived_at', p.archived_at,
                        'created_by_user_id', p.created_by_user_id,
                        'created_at', p.created_at
                    )
                    order by p.ordinal
                ) filter (where p.ordinal <= p_limit),
                '[]'
            ),
            'next_cursor', service.encode_cursor((
                select json_build_array(l.segment_name, l.segment_id)
                from page as l
                where l.ordinal = p_limit and exists (select from page as m where m.ordinal > p_limit)
            ))
        )
    into body
    from page as p;
    etag := service.etag('segments', p_user_id::text, body::text);
    if service.is_known(p_etag, etag) then
        body := null;
    end if;
    return next;
end
$$;
alter function service.segments(uuid, text, uuid, boolean, integer, text) owner to leadboard_view;
grant execute on function service.segments(uuid, text, uuid, boolean, integer, text)
to leadboard_api;

comment on function service.segments(uuid, text, uuid, boolean, integer, text) is
'GET /api/segments: a page of the active or archived segments of a workspace, by name.';
