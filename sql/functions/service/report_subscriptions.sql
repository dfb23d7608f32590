-- GET /api/analytics/reporting/subscriptions: the subscriptions the caller may manage, newest
-- first. Owners, admins and managers.
create function service.report_subscriptions(
    p_user_id uuid,
    p_etag text,
    p_workspace_id uuid,
    p_branch_id uuid,
    p_limit integer,
    p_cursor text
)
returns table (etag text, body json)
language plpgsql
volatile
as $$
declare
    v_caller record;
    v_before uuid;
begin
    v_caller := service.enter(p_user_id, p_workspace_id);
    if p_cursor is not null then
        v_before := (service.decode_cursor(p_cursor, array['uuid']))[1]::uuid;
    end if;

    with page as (
        select
            d.id,
            d.document,
            row_number() over (order by d.id desc) as ordinal
        from reporting.subscription_documents(
            v_caller.workspace_id, null, p_branch_id, v_before, p_limit + 1
        ) as d
    )

    select
        json_build_object(
            'items', coalesce(
                json_agg(p.document order by p.ordinal) filter (where p.ordinal <= p_limit), '[]'
            ),
            'next_cursor', service.encode_cursor((
                select json_build_array(l.id)
                from page as l
                where l.ordinal = p_limit and exists (select from page as m where m.ordinal > p_limit)
            ))
        )
    into body
    from page as p;
    etag := service.etag(p_user_id::text, body::text);
    if service.is_known(p_etag, etag) then
        body := null;
    end if;
    return next;
end
$$;
alter function service.report_subscriptions(uuid, text, uuid, uuid, integer, text)
owner to leadboard_view;
grant execute on function service.report_subscriptions(uuid, text, uuid, uuid, integer, text)
to leadboard_api;

comment on function service.report_subscriptions(uuid, text, uuid, uuid, integer, text) is
'GET /api/analytics/reporting/subscriptions: a page of the subscriptions the caller may manage, newest first.';
