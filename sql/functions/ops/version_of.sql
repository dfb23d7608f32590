-- The version of a workspace's figures: what an ETag is made of. Null before the first refresh that
-- found anything. A number that says nothing, so nobody is asked for a right; still, only the
-- owner's service.enter may call it.
create function ops.version_of(p_workspace_id uuid)
returns bigint
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select v.version
        from ops.workspace_versions as v
        where v.workspace_id = p_workspace_id
    );
end
$$;
alter function ops.version_of(uuid) owner to leadboard_rollup;
grant execute on function ops.version_of(uuid) to leadboard_owner;

comment on function ops.version_of(uuid) is 'The version of a workspace''s figures.';
