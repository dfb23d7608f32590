-- GET /api/reports/compare: the rows of two to five people side by side, in the order they were
-- asked for. LB400 for another number of people or one named twice; LB403 and LB404 as for one
-- person.
create function service.rep_comparison(
    p_user_id uuid, p_etag text, p_workspace_id uuid, p_people uuid[], p_days integer
)
returns table (etag text, body json)
language plpgsql
volatile
as $$
declare
    v_caller record;
    v_missing uuid;
begin
    v_caller := service.enter(p_user_id, p_workspace_id);
    if
        cardinality(p_people) not between 2 and 5
        or cardinality(p_people) <> (select count(distinct p.id) from unnest(p_people) as p (id))
    then
        raise exception using
            errcode = 'LB400',
            message = 'The request is not valid.',
            detail = '{"errors": [{"field": "user_id", "message": "Name two to five different people."}]}';
    end if;
    etag := service.etag(
        'compare', v_caller.version::text, v_caller.workspace_id::text, p_user_id::text,
        v_caller.role, v_caller.branch_id::text, p_days::text, p_people::text
    );
    if service.is_known(p_etag, etag) then
        return next;
        return;
    end if;

    with found as materialized (
        select
            p.id,
            p.place,
            r.body
        from unnest(p_people) with ordinality as p (id, place)
        left join service.rep_rows(v_caller.workspace_id, p_days, 'replies') as r
            on r.user_id = p.id and r.is_entitled
    )

    select
        json_agg(f.body order by f.place),
        (array_agg(f.id order by f.place) filter (where f.body is null))[1]
    into body, v_missing
    from found as f;
    if v_missing is not null then
        perform service.refuse_person(v_caller.workspace_id, v_missing);
        raise exception using errcode = 'LB404', message = 'No such member.';
    end if;
    return next;
end
$$;
alter function service.rep_comparison(uuid, text, uuid, uuid[], integer) owner to leadboard_view;
grant execute on function service.rep_comparison(uuid, text, uuid, uuid[], integer)
to leadboard_api;

comment on function service.rep_comparison(uuid, text, uuid, uuid[], integer) is
'GET /api/reports/compare: rep figures of two to five people; LB400 for another number, LB403 without the right, LB404 for everyone unknown.';
