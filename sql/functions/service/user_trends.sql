-- GET /api/reports/users/{user_id}/trends: one person's figures per ISO week or month. A member
-- whom the caller may not see is LB403, everyone unknown LB404.
create function service.user_trends(
    p_user_id uuid,
    p_etag text,
    p_workspace_id uuid,
    p_person_id uuid,
    p_bucket text,
    p_periods integer
)
returns table (etag text, body json)
language plpgsql
volatile
as $$
declare
    v_caller record;
    v_items json;
begin
    v_caller := service.enter(p_user_id, p_workspace_id);
    etag := service.etag(
        'user-trends', v_caller.version::text, v_caller.workspace_id::text, p_user_id::text,
        v_caller.role, v_caller.branch_id::text, p_bucket, p_periods::text, p_person_id::text
    );
    if service.is_known(p_etag, etag) then
        return next;
        return;
    end if;
    v_items := service.rep_trend(v_caller.workspace_id, p_person_id, p_bucket, p_periods);
    if v_items is null then
        perform service.refuse_person(v_caller.workspace_id, p_person_id);
        raise exception using errcode = 'LB404', message = 'No such member.';
    end if;
    body := json_build_object('user_id', p_person_id, 'bucket', p_bucket, 'items', v_items);
    return next;
end
$$;
alter function service.user_trends(uuid, text, uuid, uuid, text, integer) owner to leadboard_view;
grant execute on function service.user_trends(uuid, text, uuid, uuid, text, integer)
to leadboard_api;

comment on function service.user_trends(uuid, text, uuid, uuid, text, integer) is
'GET /api/reports/users/{user_id}/trends: figures of one person per week or month; LB403 without the right, LB404 for everyone unknown.';
