-- GET /api/reports/users/{user_id}/performance: the row of one person, and what the page of a rep
-- shows beside it. A member whom the caller may not see is LB403, everyone unknown LB404.
create function service.user_performance(
    p_user_id uuid, p_etag text, p_workspace_id uuid, p_person_id uuid, p_days integer
)
returns table (etag text, body json)
language plpgsql
volatile
as $$
declare
    v_caller record;
begin
    v_caller := service.enter(p_user_id, p_workspace_id);
    etag := service.etag(
        'user-performance', v_caller.version::text, v_caller.workspace_id::text, p_user_id::text,
        v_caller.role, v_caller.branch_id::text, p_days::text, p_person_id::text
    );
    if service.is_known(p_etag, etag) then
        return next;
        return;
    end if;
    -- Two objects become one: the members of the one, then of the other.
    select json_object_agg(e.key, e.value order by e.part, e.place) into body
    from (
        select
            1 as part,
            m.ordinality as place,
            m.key,
            m.value
        from service.rep_rows(v_caller.workspace_id, p_days, 'replies') as r
        cross join lateral json_each(r.body) with ordinality as m (key, value, ordinality)
        where r.user_id = p_person_id and r.is_entitled
        union all
        select
            2,
            m.ordinality,
            m.key,
            m.value
        from json_each(
            service.rep_details(v_caller.workspace_id, p_person_id, p_days)
        ) with ordinality as m (key, value, ordinality)
    ) as e;
    if body ->> 'user_id' is null then
        perform service.refuse_person(v_caller.workspace_id, p_person_id);
        raise exception using errcode = 'LB404', message = 'No such member.';
    end if;
    return next;
end
$$;
alter function service.user_performance(uuid, text, uuid, uuid, integer) owner to leadboard_view;
grant execute on function service.user_performance(uuid, text, uuid, uuid, integer)
to leadboard_api;

comment on function service.user_performance(uuid, text, uuid, uuid, integer) is
'GET /api/reports/users/{user_id}/performance: the figures of one person with days, segments and attribution; LB403 without the right, LB404 for everyone unknown.';
