-- How the refreshing goes, for owners and admins of a workspace, as JSON: the entries of the
-- workspace in the log of changes, every refreshed object, and the last p_limit runs. Messages of
-- errors and counts of rows stay with the operators: they may tell of other tenants.
create function ops.refresh_report(p_workspace_id uuid, p_limit integer)
returns jsonb
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform app.check_admin(p_workspace_id);
    return jsonb_build_object(
        'waiting_entries', (
            select count(*)
            from rollup.dirty_cells as d
            where d.workspace_id = p_workspace_id
        ),
        'waiting', (
            select coalesce(jsonb_object_agg(f.family, f.n), '{}')
            from (
                select
                    d.family,
                    count(*) as n
                from rollup.dirty_cells as d
                where d.workspace_id = p_workspace_id
                group by d.family
            ) as f
        ),
        'objects', (
            select
                coalesce(
                    jsonb_agg(
                        jsonb_build_object(
                            'name', s.name,
                            'generation', s.generation,
                            'refreshed_at', s.last_success_at,
                            'duration_ms', s.duration_ms,
                            'valid_until', s.valid_until,
                            'failed_at', s.last_error_at
                        )
                        order by s.name
                    ),
                    '[]'
                )
            from ops.refresh_state as s
        ),
        'runs', (
            select
                coalesce(
                    jsonb_agg(
                        jsonb_build_object(
                            'name', r.name,
                            'ended_at', r.ended_at,
                            'duration_ms', r.duration_ms,
                            'has_failed', r.has_failed
                        )
                        order by r.id desc
                    ),
                    '[]'
                )
            from (
                select k.*
                from ops.refresh_runs as k
                order by k.id desc
                limit p_limit
            ) as r
        )
    );
end
$$;
alter function ops.refresh_report(uuid, integer) owner to leadboard_rollup;
grant execute on function ops.refresh_report(uuid, integer) to leadboard_api;

comment on function ops.refresh_report(uuid, integer) is
'How the refreshing goes, for owners and admins of a workspace, as JSON.';
