-- GET /api/live, once per stream: which workspaces the caller is a member of, and the generation
-- of the figures. What changes from then on is told by the channel leadboard_refresh.
create function service.live(p_user_id uuid)
returns table (body json)
language plpgsql
volatile
as $$
begin
    perform app.act_as(p_user_id);
    select
        json_build_object(
            'generation', coalesce(max(f.generation), 0), 'workspaces', json_agg(f.workspace_id)
        )
    into body
    from analytics.freshness as f
    having count(*) > 0;
    if not found then
        raise exception using errcode = 'LB403', message = 'You are not known here.';
    end if;
    return next;
end
$$;
alter function service.live(uuid) owner to leadboard_view;
grant execute on function service.live(uuid) to leadboard_api;

comment on function service.live(uuid) is
'GET /api/live: the caller''s workspaces and the generation of the figures, when a stream begins.';
