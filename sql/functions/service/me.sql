-- GET /api/me: who the caller is, where a member, and which workspace a request without
-- workspace_id would be about (null when that would be refused for being ambiguous).
create function service.me(p_user_id uuid, p_etag text, p_workspace_id uuid)
returns table (etag text, body json)
language plpgsql
volatile
as $$
declare
    v_profile json;
    v_workspace uuid := p_workspace_id;
begin
    perform app.act_as(p_user_id);
    v_profile := service.own_profile();
    if v_profile is null then
        raise exception using errcode = 'LB403', message = 'You are not known here.';
    end if;
    if p_workspace_id is not null or json_array_length(v_profile -> 'memberships') = 1 then
        v_workspace := app.resolve_workspace(p_workspace_id);
    end if;
    body := json_build_object(
        'user', v_profile -> 'user',
        'workspace', (
            select m.membership
            from json_array_elements(v_profile -> 'memberships') as m (membership)
            where m.membership ->> 'workspace_id' = v_workspace::text
        ),
        'memberships', v_profile -> 'memberships'
    );
    etag := service.etag(body::text);
    if service.is_known(p_etag, etag) then
        body := null;
    end if;
    return next;
end
$$;
alter function service.me(uuid, text, uuid) owner to leadboard_view;
grant execute on function service.me(uuid, text, uuid) to leadboard_api;

comment on function service.me(uuid, text, uuid) is
'GET /api/me: the caller, the memberships, and the workspace of a request that names none.';
