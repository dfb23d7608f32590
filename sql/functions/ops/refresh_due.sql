-- Whether a refresh has something to do: entries in the log, a local midnight behind us, history
-- and rules of segments that were not matched, a view that is not up to the rollups, or goals and
-- badges to be looked at. What failed, and views that wait for one that failed, are tried again
-- after a pause (ops.is_failing).
create function ops.refresh_due()
returns boolean
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if ops.rollups_due() then
        return true;
    end if;
    -- Also when it is the rollups that failed: what is shown follows them.
    if ops.is_failing(null) then
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
                or s.generation < (
                    select r.generation
                    from ops.refresh_state as r
                    where r.name = 'rollup'
                )
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
