-- Whether call ops.refresh(p_name) has something to do (ops.steps_due). A step that failed is tried
-- again after a pause (ops.is_failing).
create function ops.refresh_due(p_name text default null)
returns boolean
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        exists (
            select
            from ops.steps_due() as d
            where ops.is_meant(d.name, p_name) and not ops.is_failing(d.name)
        )
$$;
alter function ops.refresh_due(text) owner to leadboard_rollup;
grant execute on function ops.refresh_due(text) to leadboard_ops;

comment on function ops.refresh_due(text) is
'Whether call ops.refresh(p_name) has something to do now.';
