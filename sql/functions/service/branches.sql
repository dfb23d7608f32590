-- GET /api/branches: the branches of the workspace, by name, for every member.
create function service.branches(p_user_id uuid, p_etag text, p_workspace_id uuid)
returns table (etag text, body json)
language plpgsql
volatile
as $$
declare
    v_workspace_id uuid := (service.enter(p_user_id, p_workspace_id)).workspace_id;
begin
    select
        json_build_object(
            'items', coalesce(
                json_agg(
                    json_build_object(
                        'branch_id', b.branch_id, 'branch_name', b.name, 'timezone', b.timezone
                    )
                    order by b.name, b.branch_id
                ),
                '[]'
            ),
            'next_cursor', null
        )
    into body
    from analytics.branches as b
    where b.workspace_id = v_workspace_id;
    etag := service.etag('branches', p_user_id::text, body::text);
    if service.is_known(p_etag, etag) then
        body := null;
    end if;
    return next;
end
$$;
alter function service.branches(uuid, text, uuid) owner to leadboard_view;
grant execute on function service.branches(uuid, text, uuid) to leadboard_api;

comment on function service.branches(uuid, text, uuid) is
'GET /api/branches: the branches of a workspace, by name.';
