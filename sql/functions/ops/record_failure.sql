-- Notes that a refresh failed, in a transaction of its own: the refresh's was rolled back. The
-- figures of the last good refresh stay served.
create function ops.record_failure(p_name text, p_error text)
returns void
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
    insert into ops.refresh_state as s (name, last_error, last_error_at, updated_at)
    values (p_name, p_error, app.now(), app.now())
    on conflict (name) do update
    set
        last_error = excluded.last_error,
        last_error_at = excluded.last_error_at,
        updated_at = excluded.updated_at;

    select ops.keep_run(p_name, null, true);
$$;
alter function ops.record_failure(text, text) owner to leadboard_rollup;
grant execute on function ops.record_failure(text, text) to leadboard_ops;

comment on function ops.record_failure(text, text) is
'Notes in ops.refresh_state that the refresh of rollup or of a materialized view failed.';
