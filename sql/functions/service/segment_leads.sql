-- GET /api/segments/{segment_id}/leads: the leads that fulfil the segment's rule now, newest first,
-- of those the caller may see. Pages by key.
create function service.segment_leads(
    p_user_id uuid,
    p_etag text,
    p_workspace_id uuid,
    p_segment_id uuid,
    p_limit integer,
    p_cursor text
)
returns table (etag text, body json)
language plpgsql
volatile
as $$
declare
    v_workspace_id uuid;
    v_filter jsonb;
    v_before text[];
begin
    v_workspace_id := (service.enter(p_user_id, p_workspace_id)).workspace_id;
    select s.filter into v_filter
    from analytics.segments as s
    where s.workspace_id = v_workspace_id and s.segment_id = p_segment_id;
    if not found then
        raise exception using errcode = 'LB404', message = 'No such segment.';
    end if;
    if p_cursor is not null then
        v_before := service.decode_cursor(p_cursor, array['time', 'uuid']);
    end if;

    with page as (
        select
            l.created_at,
            l.lead_id,
            l.body,
            row_number() over (order by l.created_at desc, l.lead_id desc) as ordinal
        from service.matching_lead_rows(
            v_workspace_id, v_filter, p_limit + 1, v_before[1]::timestamptz, v_before[2]::uuid
        ) as l
    )

    select
        json_build_object(
            'items', coalesce(
                json_agg(p.body order by p.ordinal) filter (where p.ordinal <= p_limit), '[]'
            ),
            'next_cursor', service.encode_cursor((
                select json_build_array(l.created_at, l.lead_id)
                from page as l
                where l.ordinal = p_limit and exists (select from page as m where m.ordinal > p_limit)
            ))
        )
    into body
    from page as p;
    etag := service.etag('segment-leads', p_user_id::text, body::text);
    if service.is_known(p_etag, etag) then
        body := null;
    end if;
    return next;
end
$$;
alter function service.segment_leads(uuid, text, uuid, uuid, integer, text)
owner to leadboard_view;
grant execute on function service.segment_leads(uuid, text, uuid, uuid, integer, text)
to leadboard_api;

comment on function service.segment_leads(uuid, text, uuid, uuid, integer, text) is
'GET /api/segments/{segment_id}/leads: a page of the leads that fulfil the rule now, newest first.';
