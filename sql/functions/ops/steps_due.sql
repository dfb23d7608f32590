-- The steps of a refresh that have something to do now, failing ones included (ops.is_failing).
-- Segments: rules and history that were not matched. Rollups: entries in the log. Views: behind
-- what they read, not filled, or failed the last time. Goals: somebody's figures changed. And
-- rollups and views once a local midnight is behind them.
-- Grain: one row per step, by its name in ops.refresh_state.
create function ops.steps_due()
returns table (name text)
language sql
stable
as $$
    select 'crm.segments'
    where
        exists (
            select
            from crm.segments as g
            where g.matched_version <> g.version and g.archived_at is null
        )
        or exists (select from crm.unmatched_history)
    union all
    select 'rollup'
    where
        not exists (
            select
            from ops.refresh_state as s
            where s.name = 'rollup' and ops.is_current(s.last_success_at, s.valid_until)
        )
        or exists (select from rollup.dirty_cells)
    union all
    select m.name
    from ops.materialized_views() as m
    inner join pg_catalog.pg_class as c on c.oid = m.name::pg_catalog.regclass
    left join ops.refresh_state as s on s.name = m.name
    where
        not c.relispopulated
        or s.generation is distinct from ops.view_target(m.sources)
        or s.last_error is not null
        or not ops.is_current(s.last_success_at, s.valid_until)
    union all
    select 'goals'
    where exists (select from goals.touched)
$$;
alter function ops.steps_due() owner to leadboard_rollup;

comment on function ops.steps_due() is
'Names of the steps of a refresh that have something to do now, as in ops.refresh_state.';
