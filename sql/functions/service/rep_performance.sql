-- GET /api/reports/rep-performance: the members whose figures are the caller's to see by role, by
-- name; or one of them. A member whom the caller may not see is LB403, everyone unknown LB404.
create function service.rep_performance(
    p_user_id uuid, p_etag text, p_workspace_id uuid, p_days integer, p_person_id uuid
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
        'rep-performance', v_caller.version::text, v_caller.workspace_id::text, p_user_id::text,
        v_caller.role, v_caller.branch_id::text, p_days::text, p_person_id::text
    );
    if service.is_known(p_etag, etag) then
        return next;
        return;
    end if;
    select coalesce(json_agg(r.body order by r.body ->> 'name', r.user_id), '[]') into body
    from service.rep_rows(v_caller.workspace_id, p_days, 'replies') as r
    where r.is_entitled and r.user_id = coalesce(p_person_id, r.user_id);
    if p_person_id is not null and json_array_length(body) = 0 then
        perform service.refuse_person(v_caller.workspace_id, p_person_id);
        raise exception using errcode = 'LB404', message = 'No such member.';
    end if;
    return next;
end
$$;
alter function service.rep_performance(uuid, text, uuid, integer, uuid) owner to leadboard_view;
grant execute on function service.rep_performance(uuid, text, uuid, integer, uuid) to leadboard_api;

comment on function service.rep_performance(uuid, text, uuid, integer, uuid) is
'GET /api/reports/rep-performance: rep figures of everyone the caller may see by role, or of one person; LB403 without the right, LB404 for everyone unknown.';
