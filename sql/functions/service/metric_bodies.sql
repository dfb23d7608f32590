-- What a leaderboard of a workspace can be sorted by, as JSON: the built-in metrics, then the
-- workspace's own by key. Definer: the service reads no table; members only.
-- Grain: one row per metric; id is null for those every workspace has.
create function service.metric_bodies(p_workspace_id uuid)
returns table (id uuid, ordinal bigint, body json)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        c.id,
        row_number() over (order by m.version > 0, m.key) as ordinal,
        json_build_object(
            'id', c.id,
            'key', m.key,
            'title', m.title,
            'expression', m.expression,
            'is_lower_better', m.is_lower_better,
            'version', m.version
        ) as body
    from metrics.rep_metrics(p_workspace_id) as m
    left join crm.custom_metrics as c on c.workspace_id = p_workspace_id and c.key = m.key
    where p_workspace_id = any(app.member_workspaces())
$$;
alter function service.metric_bodies(uuid) owner to leadboard_view;
grant execute on function service.metric_bodies(uuid) to leadboard_api;

comment on function service.metric_bodies(uuid) is
'Metrics of a workspace as JSON, built-in ones first.';
