-- The workspaces there are, and those that are gone but still have figures.
create function ops.known_workspaces()
returns setof uuid
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select w.workspace_id
    from crm.workspaces as w
    union
    select v.workspace_id
    from ops.workspace_versions as v
    order by 1
$$;
alter function ops.known_workspaces() owner to leadboard_rollup;
grant execute on function ops.known_workspaces() to leadboard_ops;

comment on function ops.known_workspaces() is
'Keys of all workspaces, including removed ones that had figures.';
