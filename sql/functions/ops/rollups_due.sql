-- Whether the rollups have something to do: entries in the log, or a local midnight behind them.
-- What failed is tried again after a pause (ops.is_failing).
create function ops.rollups_due()
returns boolean
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        not ops.is_failing('rollup')
        and (
            not coalesce(
                (
                    select ops.is_current(s.last_success_at, s.valid_until)
                    from ops.refresh_state as s
                    where s.name = 'rollup'
                ),
                false
            )
            or exists (select from rollup.dirty_cells)
        )
$$;
alter function ops.rollups_due() owner to leadboard_rollup;
grant execute on function ops.rollups_due() to leadboard_ops;

comment on function ops.rollups_due() is
'Whether call ops.refresh(''rollup'') has something to do now.';
