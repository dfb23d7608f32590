-- Tells listeners of the channel leadboard_refresh that figures changed: a JSON object with the
-- generation of the rollups and the changed workspaces. workspaces is null when they are too many
-- for one notification (8000 bytes): then any may have changed.
create function ops.announce(p_workspace_ids uuid[])
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    c_most constant integer := 190;
begin
    perform pg_notify(
        'leadboard_refresh',
        jsonb_build_object(
            'generation',
            (select s.generation from ops.refresh_state as s where s.name = 'rollup'),
            'workspaces',
            case when cardinality(p_workspace_ids) <= c_most then to_jsonb(p_workspace_ids) end
        )::text
    );
end
$$;
alter function ops.announce(uuid[]) owner to leadboard_rollup;
grant execute on function ops.announce(uuid[]) to leadboard_ops;

comment on function ops.announce(uuid[]) is
'Notifies leadboard_refresh: {"generation": n, "workspaces": [...] or null when too many to name}.';
