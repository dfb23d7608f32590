-- Whether a refresh has something to do: entries in the log, a local midnight behind us, history
-- and rules of segments that were not matched, a view that is not up to the rollups, or goals and
-- badges to be looked at. What failed, and views that wait for one that failed, are tried again
-- after c_pause.
create function ops.refresh_due()
returns boolean
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    c_pause constant interval := '10 seconds';
    v_state ops.refresh_state;
begin
    select * into v_state
    from ops.refresh_state as s
    where s.name = 'rollup';

    if v_state.last_error_at > app.now() - c_pause and v_state.last_error_at <= app.now() then
        return false;
    end if;
    if
        not ops.is_current(v_state.last_success_at, v_state.valid_until)
        or exists (select from rollup.dirty_cells)
    then
        return true;
    end if;
    if exists (
        select
        from ops.refresh_state as s
        where s.last_error_at > app.now() - c_pause and s.last_error_at <= app.now()
    ) then
        return false;
    end if;
    if
        exists (
            select
            from crm.segments as g
            where g.matched_version <> g.version and g.archived_at is null
        )
        or exists (select from crm.unmatched_history)
        or exists (select from goals.touched)
    then
        return true;
    end if;
    return exists (
        select
        from pg_class as c
        left join ops.refresh_state as s on s.name = c.oid::regclass::text
        where
            c.relkind = 'm'
            and c.relnamespace = 'stats'::regnamespace
            and (
                s.name is null
                or s.generation < v_state.generation
                or not c.relispopulated
                or not ops.is_current(s.last_success_at, s.valid_until)
            )
    );
end
$$;
alter function ops.refresh_due() owner to leadboard_rollup;
grant execute on function ops.refresh_due() to leadboard_ops;

comment on function ops.refresh_due() is
'Whether call ops.refresh() has something to do now.';
