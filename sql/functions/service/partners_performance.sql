-- GET /api/partners/performance: the partners the caller may see, best score first, then by name
-- and id. Partners without a score come last. Pages by key: nobody is skipped or shown twice
-- because others moved.
create function service.partners_performance(
    p_user_id uuid, p_etag text, p_workspace_id uuid, p_limit integer, p_cursor text
)
returns table (etag text, body json)
language plpgsql
volatile
as $$
declare
    v_caller record;
    v_after text[];
    v_score numeric;
    v_id uuid;
begin
    v_caller := service.enter(p_user_id, p_workspace_id);
    etag := service.etag(
        'partners', v_caller.version::text, v_caller.workspace_id::text, p_user_id::text,
        v_caller.role, v_caller.branch_id::text, p_limit::text, p_cursor
    );
    if service.is_known(p_etag, etag) then
        return next;
        return;
    end if;

    if p_cursor is not null then
        v_after := service.decode_cursor(p_cursor, array['number', 'text', 'uuid']);
        v_score := v_after[1]::numeric;
        v_id := v_after[3]::uuid;
    end if;

    with page as (
        select
            r.partner_id,
            r.partner_name,
            r.performance_score,
            r.body,
            row_number() over (
                order by r.performance_score desc nulls last, r.partner_name, r.partner_id
            ) as ordinal
        from service.partner_rows(v_caller.workspace_id) as r
        where
            p_cursor is null
            or case
                when v_score is null then
                    r.performance_score is null
                    and (r.partner_name, r.partner_id) > (v_after[2], v_id)
                else
                    r.performance_score < v_score
                    or r.performance_score is null
                    or (
                        r.performance_score = v_score
                        and (r.partner_name, r.partner_id) > (v_after[2], v_id)
                    )
            end
        order by r.performance_score desc nulls last, r.partner_name, r.partner_id
        limit p_limit + 1
    )

    select
        json_build_object(
            'items', coalesce(
                json_agg(p.body order by p.ordinal) filter (where p.ordinal <= p_limit), '[]'
            ),
            'next_cursor', service.encode_cursor((
                select json_build_array(l.performance_score::text, l.partner_name, l.partner_id)
                from page as l
                where l.ordinal = p_limit and exists (select from page as m where m.ordinal > p_limit)
            ))
        )
    into body
    from page as p;
    return next;
end
$$;
alter function service.partners_performance(uuid, text, uuid, integer, text)
owner to leadboard_view;
grant execute on function service.partners_performance(uuid, text, uuid, integer, text)
to leadboard_api;

comment on function service.partners_performance(uuid, text, uuid, integer, text) is
'GET /api/partners/performance: a page of the partners the caller may see, best score first.';
