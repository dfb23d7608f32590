-- Whether a step of the refresh, or any of them when p_name is null, failed within the last ten
-- seconds: it is tried again after them.
create function ops.is_failing(p_name text)
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select
        exists (
            select
            from ops.refresh_state as s
            where
                s.last_error_at > app.now() - interval '10 seconds'
                and s.last_error_at <= app.now()
                and (p_name is null or s.name = p_name)
        )
$$;
alter function ops.is_failing(text) owner to leadboard_rollup;

comment on function ops.is_failing(text) is
'Whether a step of the refresh (null: any) failed within the last ten seconds.';
