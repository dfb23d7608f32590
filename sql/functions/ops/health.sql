-- How the refreshing goes. Grain: always one row. Figures are as of last_success_at, but no older
-- than that while waiting_entries is 0 and is_due is false: then nothing has changed since.
-- last_errors names what failed and has not succeeded since, as {"stats.some_view": "message"},
-- empty when all is well.
create function ops.health()
returns table (
    generation bigint,
    last_success_at timestamptz,
    age_seconds numeric,
    waiting_entries bigint,
    is_due boolean,
    last_errors jsonb
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        coalesce(max(s.generation) filter (where s.name = 'rollup'), 0) as generation,
        max(s.last_success_at) as last_success_at,
        round(extract(epoch from app.now() - max(s.last_success_at)), 1) as age_seconds,
        (select count(*) from rollup.dirty_cells) as waiting_entries,
        ops.refresh_due() as is_due,
        coalesce(
            jsonb_object_agg(s.name, s.last_error order by s.name)
                filter (where s.last_error is not null),
            '{}'
        ) as last_errors
    from ops.refresh_state as s
$$;
alter function ops.health() owner to leadboard_rollup;
grant execute on function ops.health() to leadboard_ops;

comment on function ops.health() is
'One row: generation, time and age of the last good refresh, entries waiting in the log, whether a refresh is due, last errors.';
