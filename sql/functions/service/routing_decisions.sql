-- GET /api/routing/decisions: the log of decisions, newest first, each in a sentence. Owners and
-- admins only.
create function service.routing_decisions(
    p_user_id uuid,
    p_etag text,
    p_workspace_id uuid,
    p_language text,
    p_limit integer,
    p_cursor text
)
returns table (etag text, body json)
language plpgsql
volatile
as $$
declare
    v_workspace_id uuid := (service.enter(p_user_id, p_workspace_id)).workspace_id;
    v_before uuid;
begin
    if p_cursor is not null then
        v_before := (service.decode_cursor(p_cursor, array['uuid']))[1]::uuid;
    end if;

    with page as (
        select
            d.decision_id,
            d.body,
            row_number() over (order by d.decision_id desc) as ordinal
        from routing.decisions(v_workspace_id, p_language, v_before, p_limit + 1) as d
    )

    select
        json_build_object(
            'items', coalesce(
                json_agg(p.body order by p.ordinal) filter (where p.ordinal <= p_limit), '[]'
            ),
            'next_cursor', service.encode_cursor((
                select json_build_array(l.decision_id)
                from page as l
                where l.ordinal = p_limit and exists (select from page as m where m.ordinal > p_limit)
            ))
        )
    into body
    from page as p;
    etag := service.etag('routing-decisions', p_user_id::text, body::text);
    if service.is_known(p_etag, etag) then
        body := null;
    end if;
    return next;
end
$$;
alter function service.routing_decisions(uuid, text, uuid, text, integer, text)
owner to leadboard_view;
grant execute on function service.routing_decisions(uuid, text, uuid, text, integer, text)
to leadboard_api;

comment on function service.routing_decisions(uuid, text, uuid, text, integer, text) is
'GET /api/routing/decisions: a page of the log of routing decisions, newest first; owners and admins only.';
