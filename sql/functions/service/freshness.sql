-- GET /api/freshness: how old the figures of the workspace are, for every member.
create function service.freshness(p_user_id uuid, p_etag text, p_workspace_id uuid)
returns table (etag text, body json)
language plpgsql
volatile
as $$
declare
    v_workspace_id uuid := (service.enter(p_user_id, p_workspace_id)).workspace_id;
begin
    select
        json_build_object(
            'workspace_id', f.workspace_id,
            'as_of', f.as_of,
            'version', f.version,
            'generation', coalesce(f.generation, 0),
            'is_overdue', coalesce(f.valid_until <= app.now(), false)
        )
    into body
    from analytics.freshness as f
    where f.workspace_id = v_workspace_id;
    etag := service.etag('freshness', p_user_id::text, body::text);
    if service.is_known(p_etag, etag) then
        body := null;
    end if;
    return next;
end
$$;
alter function service.freshness(uuid, text, uuid) owner to leadboard_view;
grant execute on function service.freshness(uuid, text, uuid) to leadboard_api;

comment on function service.freshness(uuid, text, uuid) is
'GET /api/freshness: how old the figures of a workspace are.';
