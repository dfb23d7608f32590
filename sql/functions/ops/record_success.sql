-- Notes a good refresh of rollup or of a materialized view; clears its last error.
create function ops.record_success(
    p_name text, p_generation bigint, p_started_at timestamptz, p_row_count bigint
)
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
    insert into ops.refresh_state as s (
        name, generation, last_success_at, duration_ms, row_count, valid_until, updated_at
    )
    values (
        p_name,
        p_generation,
        app.now(),
        round(extract(epoch from ops.wall_time() - p_started_at) * 1000, 1),
        p_row_count,
        ops.next_midnight(),
        app.now()
    )
    on conflict (name) do update
    set
        generation = excluded.generation,
        last_success_at = excluded.last_success_at,
        duration_ms = excluded.duration_ms,
        row_count = excluded.row_count,
        valid_until = excluded.valid_until,
        last_error = null,
        last_error_at = null,
        updated_at = excluded.updated_at;

    select ops.keep_run(
        p_name, round(extract(epoch from ops.wall_time() - p_started_at) * 1000, 1), false
    );
$$;
alter function ops.record_success(text, bigint, timestamptz, bigint) owner to leadboard_rollup;

comment on function ops.record_success(text, bigint, timestamptz, bigint) is
'Notes a good refresh in ops.refresh_state; p_started_at is its ops.wall_time().';
