-- Whether call ops.refresh(p_name) has something to do (ops.steps_due). A step that failed is tried
-- again after a pause (ops.is_failing). Asked each second: one plan serves a session, whichever
-- name it is asked for, and looks at no step that is not meant.
create function ops.refresh_due(p_name text default null)
returns boolean
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
begin
    return exists (
        select
        from ops.steps_due(p_name) as d
        where not ops.is_failing(d.name)
    );
end
$$;
alter function ops.refresh_due(text) owner to leadboard_rollup;
grant execute on function ops.refresh_due(text) to leadboard_ops;

comment on function ops.refresh_due(text) is
'Whether call ops.refresh(p_name) has something to do now.';
