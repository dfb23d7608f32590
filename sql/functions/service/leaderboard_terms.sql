-- What a leaderboard depends on besides figures: the metric and who is named on it. In every tag,
-- so that a change of either is seen at once.
-- LB400 when the workspace has no such metric. Definer: the service reads neither table.
create function service.leaderboard_terms(
    in p_workspace_id uuid,
    in p_sort_by text,
    out key text,
    out title text,
    out expression jsonb,
    out is_lower_better boolean,
    out version integer,
    out visibility text
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    select
        m.key,
        m.title,
        m.expression,
        m.is_lower_better,
        m.version,
        w.leaderboard_visibility
    into key, title, expression, is_lower_better, version, visibility
    from crm.workspaces as w
    inner join metrics.rep_metrics(w.workspace_id) as m on m.key = p_sort_by
    where w.workspace_id = p_workspace_id;
    if not found then
        raise exception using
            errcode = 'LB400',
            message = 'A leaderboard cannot be sorted by that.',
            detail = jsonb_build_object(
                'errors', jsonb_build_array(jsonb_build_object(
                    'field', 'sort_by',
                    'message', 'One of '
                    || (select string_agg(m.key, ', ' order by m.version > 0, m.key)
                        from metrics.rep_metrics(p_workspace_id) as m)
                    || '.'
                ))
            )::text;
    end if;
end
$$;
alter function service.leaderboard_terms(uuid, text) owner to leadboard_view;
grant execute on function service.leaderboard_terms(uuid, text) to leadboard_api;

comment on function service.leaderboard_terms(uuid, text) is
'The metric a leaderboard is sorted by, and its workspace''s leaderboard_visibility; LB400 for an unknown metric.';
