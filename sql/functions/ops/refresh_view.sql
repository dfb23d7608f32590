-- Refreshes one materialized view of schema stats, unless it already shows what the rollups (and
-- the materialized views it reads) hold and no local midnight has passed since.
--
-- Concurrently: readers keep the old rows until the new ones are there. The first filling is plain,
-- because there is nothing to read yet. Whoever holds a conflicting lock on the view is waited for
-- c_patience long, then the refresh fails and the old rows stay.
--
-- The versions of the workspaces that changed are raised again, with the new rows: an ETag given
-- out between the rollups' change and this one must not match any more.
--
-- Returns those workspaces, or null when the view was current. LB404 for a name that is no
-- materialized view of schema stats.
create function ops.refresh_view(p_name text)
returns uuid[]
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
    c_patience constant text := '5s';

    v_started_at constant timestamptz := ops.wall_time();
    v_lock_timeout constant text := current_setting('lock_timeout');
    v_view record;
    v_state ops.refresh_state;
    v_target bigint;
    v_changed uuid[];
    v_rows bigint;
begin
    perform ops.lock_step(p_name);

    select
        m.name,
        m.sources,
        c.relispopulated as is_populated
    into v_view
    from ops.materialized_views() as m
    inner join pg_class as c on c.oid = m.name::regclass
    where m.name = p_name;
    if not found then
        raise exception using
            errcode = 'LB404',
            message = format('There is no materialized view %s in schema stats.', p_name);
    end if;

    select * into v_state
    from ops.refresh_state as s
    where s.name = p_name;

    if not ops.is_behind(v_view.name, v_view.sources) then
        return null;
    end if;
    v_target := ops.view_target(v_view.sources);

    perform set_config('lock_timeout', c_patience, true);
    if v_view.is_populated then
        execute format('refresh materialized view concurrently %s', p_name);
    else
        execute format('refresh materialized view %s', p_name);
    end if;
    perform set_config('lock_timeout', v_lock_timeout, true);
    execute format('select count(*) from %s', p_name) into v_rows;

    select array_agg(w.workspace_id order by w.workspace_id) into v_changed
    from (
        select v.workspace_id
        from ops.workspace_versions as v
        where v.generation > coalesce(v_state.generation, 0)
        union
        select r.workspace_id
        from unnest(ops.rolled_workspaces(v_state.last_success_at)) as r (workspace_id)
    ) as w;

    perform ops.raise_versions(v_changed, null);
    perform ops.record_success(p_name, v_target, v_started_at, v_rows);
    return coalesce(v_changed, '{}');
end
$$;
alter function ops.refresh_view(text) owner to leadboard_rollup;
grant execute on function ops.refresh_view(text) to leadboard_ops;

comment on function ops.refresh_view(text) is
'Refreshes one materialized view (schema.name) unless it is current; returns the workspaces that changed, null when it was current.';
