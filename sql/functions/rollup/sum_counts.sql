-- Adds up counts by name: of [{"a": 1}, {"a": 2, "b": 3}], {"a": 3, "b": 3}; of none and NULL, {}.
-- Grain: always one row. A table, so that it inlines when it is joined laterally: a call for each
-- of many rows would cost several times as much.
create function rollup.sum_counts(p_counts jsonb[])
returns table (counts jsonb)
language sql
immutable
parallel safe
as $$
    select coalesce(jsonb_object_agg(s.name, s.count), '{}')
    from (
        select
            n.key as name,
            sum(n.value::bigint) as count
        from unnest(p_counts) as c (counts)
        cross join lateral jsonb_each(c.counts) as n
        group by n.key
    ) as s
$$;
alter function rollup.sum_counts(jsonb[]) owner to leadboard_rollup;

comment on function rollup.sum_counts(jsonb[]) is 'Sum of objects of counts, name by name.';
