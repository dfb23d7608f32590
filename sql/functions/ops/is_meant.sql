-- Whether a step of the refresh is meant by a name: by its own, by that of its schema ('stats':
-- every materialized view), or by null, which means all.
create function ops.is_meant(p_step text, p_name text)
returns boolean
language sql
immutable
parallel safe
as $$
    select p_name is null or p_name in (p_step, split_part(p_step, '.', 1))
$$;
alter function ops.is_meant(text, text) owner to leadboard_rollup;
grant execute on function ops.is_meant(text, text) to leadboard_ops;

comment on function ops.is_meant(text, text) is
'Whether a step of the refresh is meant by its name, the name of its schema, or null for all.';
