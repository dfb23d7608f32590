-- The materialized views of schema stats, in the order in which they have to be refreshed: a view
-- comes after those it reads, directly or through plain views.
-- Grain: one row per materialized view. sources are the materialized views it reads.
create function ops.materialized_views()
returns table (name text, level integer, sources text[])
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with recursive edges as (
        select distinct
            r.ev_class as view_oid,
            d.refobjid as source_oid
        from pg_rewrite as r
        inner join pg_depend as d
            on
                d.classid = 'pg_rewrite'::regclass
                and d.objid = r.oid
                and d.refclassid = 'pg_class'::regclass
                and d.refobjid <> r.ev_class
        inner join pg_class as s on s.oid = d.refobjid and s.relkind in ('v', 'm')
    ),

    paths as (
        select
            c.oid as view_oid,
            c.oid as source_oid,
            0 as level
        from pg_class as c
        where c.relkind = 'm' and c.relnamespace = 'stats'::regnamespace
        union
        select
            p.view_oid,
            e.source_oid,
            p.level + 1
        from paths as p
        inner join edges as e on e.view_oid = p.source_oid
    )

    select
        p.view_oid::regclass::text as name,
        max(p.level) as level,
        coalesce(
            array_agg(distinct s.oid::regclass::text) filter (where s.oid is not null), '{}'
        ) as sources
    from paths as p
    left join pg_class as s on s.oid = p.source_oid and s.relkind = 'm' and p.level > 0
    group by p.view_oid
    order by max(p.level), 1
$$;
alter function ops.materialized_views() owner to leadboard_rollup;
grant execute on function ops.materialized_views() to leadboard_ops;

comment on function ops.materialized_views() is
'Materialized views of schema stats in the order of refreshing, with the materialized views each reads.';
