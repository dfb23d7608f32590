-- The steps of a refresh, as far as p_name means them (ops.is_meant), that have something to do
-- now, failing ones included (ops.is_failing).
-- Segments: rules and history that were not matched. Rollups: entries in the log, or a local
-- midnight behind them. Views: ops.is_behind. Goals: somebody's figures changed.
-- Grain: one row per step, by its name in ops.refresh_state.
create function ops.steps_due(p_name text)
returns table (name text)
language sql
stable
as $$
    select 'crm.segments'
    where
        ops.is_meant('crm.segments', p_name)
        and (
            exists (
                select
                from crm.segments as g
                where g.matched_version <> g.version and g.archived_at is null
            )
            or exists (select from crm.unmatched_history)
        )
    union all
    select 'rollup'
    where
        ops.is_meant('rollup', p_name)
        and (
            not exists (
                select
                from ops.refresh_state as s
                where s.name = 'rollup' and ops.is_current(s.last_success_at, s.valid_until)
            )
            or exists (select from rollup.dirty_cells)
        )
    union all
    select m.name
    from ops.materialized_views() as m
    where
        -- Asked before the catalog is read.
        coalesce(starts_with(p_name, 'stats'), true)
        and ops.is_meant(m.name, p_name)
        and ops.is_behind(m.name, m.sources)
    union all
    select 'goals'
    where ops.is_meant('goals', p_name) and exists (select from goals.touched)
$$;
alter function ops.steps_due(text) owner to leadboard_rollup;

comment on function ops.steps_due(text) is
'Names of the steps of a refresh, of those meant by a name, that have something to do now, as in ops.refresh_state.';
