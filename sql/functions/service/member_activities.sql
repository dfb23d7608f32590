-- GET /api/reports/users/{user_id}/activities: a page of a member's timeline for whoever may see
-- the member: owner and admin everyone, a manager the own branch, all themselves. A member of the
-- own workspace whom the caller may not see is LB403; everyone else, another tenant's member
-- included, does not exist: LB404. Real-time, so its tag is made of the page itself.
create function service.member_activities(
    p_user_id uuid,
    p_etag text,
    p_workspace_id uuid,
    p_person_id uuid,
    p_filter text,
    p_limit integer,
    p_cursor text
)
returns table (etag text, body json)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v record;
begin
    v := service.enter(p_user_id, p_workspace_id);
    perform service.refuse_person(v.workspace_id, p_person_id);
    if not exists (
        select
        from stats.people as p
        where p.workspace_id = v.workspace_id and p.user_id = p_person_id and p.is_active
    )
    then
        raise exception using errcode = 'LB404', message = 'No such member.';
    end if;
    body := service.timeline_body(v.workspace_id, p_person_id, p_filter, p_limit, p_cursor);
    etag := service.etag(
        'member-activities', p_user_id::text, p_person_id::text, body::text
    );
    if service.is_known(p_etag, etag) then
        body := null;
    end if;
    return next;
end
$$;
alter function service.member_activities(uuid, text, uuid, uuid, text, integer, text)
owner to leadboard_view;
grant execute on function service.member_activities(uuid, text, uuid, uuid, text, integer, text)
to leadboard_api;

comment on function service.member_activities(uuid, text, uuid, uuid, text, integer, text) is
'GET /api/reports/users/{user_id}/activities: a page of the timeline of a member the caller may see, newest first, real-time; LB403, LB404.';
