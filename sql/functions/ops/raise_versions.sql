-- Raises the versions of workspaces, so that every ETag given out before stops matching.
-- p_generation is the rollups' when they are what changed, null when only a view follows them:
-- views ask it to find out whose rows they have to renew.
create function ops.raise_versions(p_workspace_ids uuid[], p_generation bigint)
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
    insert into ops.workspace_versions as v (workspace_id, version, generation, updated_at)
    select
        w.workspace_id,
        1,
        coalesce(p_generation, 0),
        app.now()
    from unnest(p_workspace_ids) as w (workspace_id)
    on conflict (workspace_id) do update
    set
        version = v.version + 1,
        generation = coalesce(p_generation, v.generation),
        updated_at = excluded.updated_at
$$;
alter function ops.raise_versions(uuid[], bigint) owner to leadboard_rollup;

comment on function ops.raise_versions(uuid[], bigint) is
'Raises the version of each workspace: its figures, or what is shown of them, may have changed.';
