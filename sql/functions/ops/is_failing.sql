-- Whether a step of the refresh failed within the last ten seconds: it is tried again after them.
create function ops.is_failing(p_name text)
returns boolean
language sql
stable
as $$
    select
        exists (
            select
            from ops.refresh_state as s
            where
                s.name = p_name
                and s.last_error_at > app.now() - interval '10 seconds'
                and s.last_error_at <= app.now()
        )
$$;
alter function ops.is_failing(text) owner to leadboard_rollup;

comment on function ops.is_failing(text) is
'Whether a step of the refresh failed within the last ten seconds.';
