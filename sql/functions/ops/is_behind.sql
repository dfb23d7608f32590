-- Whether a materialized view has to be refreshed: it was not filled, failed the last time, is not
-- up to what it reads (p_sources), or a local midnight is behind it.
create function ops.is_behind(p_name text, p_sources text[])
returns boolean
language sql
stable
as $$
    select
        not exists (
            select
            from ops.refresh_state as s
            inner join pg_catalog.pg_class as c on c.oid = p_name::pg_catalog.regclass
            where
                s.name = p_name
                and c.relispopulated
                and s.generation = ops.view_target(p_sources)
                and s.last_error is null
                and ops.is_current(s.last_success_at, s.valid_until)
        )
$$;
alter function ops.is_behind(text, text[]) owner to leadboard_rollup;

comment on function ops.is_behind(text, text[]) is
'Whether a materialized view that reads these others has to be refreshed.';
