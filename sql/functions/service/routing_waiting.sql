-- GET /api/routing/waiting: the leads that nobody has got, longest wait first. Owners and admins
-- only.
create function service.routing_waiting(
    p_user_id uuid, p_etag text, p_workspace_id uuid, p_limit integer, p_cursor text
)
returns table (etag text, body json)
language plpgsql
volatile
as $$
declare
    v_workspace_id uuid := (service.enter(p_user_id, p_workspace_id)).workspace_id;
    v_after text[];
begin
    if p_cursor is not null then
        v_after := service.decode_cursor(p_cursor, array['time', 'uuid']);
    end if;

    with page as (
        select
            w.since,
            w.lead_id,
            w.body,
            row_number() over (order by w.since, w.lead_id) as ordinal
        from routing.waiting(
            v_workspace_id, v_after[1]::timestamptz, v_after[2]::uuid, p_limit + 1
        ) as w
    )

    select
        json_build_object(
            'items', coalesce(
                json_agg(p.body order by p.ordinal) filter (where p.ordinal <= p_limit), '[]'
            ),
            'next_cursor', service.encode_cursor((
                select json_build_array(l.since, l.lead_id)
                from page as l
                where l.ordinal = p_limit and exists (select from page as m where m.ordinal > p_limit)
            ))
        )
    into body
    from page as p;
    etag := service.etag('routing-waiting', p_user_id::text, body::text);
    if service.is_known(p_etag, etag) then
        body := null;
    end if;
    return next;
end
$$;
alter function service.routing_waiting(uuid, text, uuid, integer, text) owner to leadboard_view;
grant execute on function service.routing_waiting(uuid, text, uuid, integer, text) to leadboard_api;

comment on function service.routing_waiting(uuid, text, uuid, integer, text) is
'GET /api/routing/waiting: a page of the leads that nobody has got, longest wait first; owners and admins only.';
