-- The generation that a materialized view can be up to: no further than the oldest of what it
-- reads, the rollups and the materialized views p_sources.
create function ops.view_target(p_sources text[])
returns bigint
language sql
stable
as $$
    select coalesce(min(coalesce(s.generation, 0)), 0)
    from unnest(array['rollup'] || p_sources) as x (name)
    left join ops.refresh_state as s on s.name = x.name
$$;
alter function ops.view_target(text[]) owner to leadboard_rollup;

comment on function ops.view_target(text[]) is
'The generation that a materialized view of these sources can be up to.';
