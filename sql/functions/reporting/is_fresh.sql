-- Whether the rollups know all facts of a workspace that were there at a moment: a refresh ended
-- since, or nothing waits for one.
create function reporting.is_fresh(p_workspace_id uuid, p_since timestamptz)
returns boolean
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        exists (
            select from ops.refresh_state as s
            where s.name = 'rollup' and s.last_success_at >= p_since
        )
        or not exists (
            select from rollup.dirty_cells as d
            where d.workspace_id = p_workspace_id
        )
$$;
alter function reporting.is_fresh(uuid, timestamptz) owner to leadboard_rollup;
grant execute on function reporting.is_fresh(uuid, timestamptz) to leadboard_owner;

comment on function reporting.is_fresh(uuid, timestamptz) is
'Whether the rollups hold every fact of the workspace that was there at the moment.';
