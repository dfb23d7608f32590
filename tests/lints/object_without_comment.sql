-- Every schema, table, view, column, routine and role of ours says in a comment what it is: the
-- schema guide is written from them.
select
    'object_without_comment' as name,
    found.kind as detail,
    found.object
from (
    select
        'schema' as kind,
        n.nspname::text as object
    from pg_catalog.pg_namespace as n
    where
        n.nspname !~ '^(pg_|information_schema$|public$|yoyo$)'
        and pg_catalog.obj_description(n.oid, 'pg_namespace') is null
    union all
    select
        'relation',
        c.oid::regclass::text
    from pg_catalog.pg_class as c
    inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where
        c.relkind in ('r', 'p', 'v', 'm')
        and n.nspname !~ '^(pg_|information_schema$|public$|yoyo$)'
        and pg_catalog.obj_description(c.oid, 'pg_class') is null
    union all
    select
        'column',
        format('%s.%s', c.oid::regclass, a.attname)
    from pg_catalog.pg_class as c
    inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    inner join pg_catalog.pg_attribute as a on a.attrelid = c.oid
    where
        c.relkind in ('r', 'p', 'v', 'm')
        and a.attnum > 0
        and not a.attisdropped
        and n.nspname !~ '^(pg_|information_schema$|public$|yoyo$)'
        and pg_catalog.col_description(c.oid, a.attnum) is null
    union all
    select
        'routine',
        p.oid::regprocedure::text
    from pg_catalog.pg_proc as p
    inner join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
    where
        n.nspname !~ '^(pg_|information_schema$|public$|yoyo$)'
        and pg_catalog.obj_description(p.oid, 'pg_proc') is null
    union all
    select
        'role',
        r.rolname::text
    from pg_catalog.pg_roles as r
    where
        r.rolname ~ '^leadboard_'
        and pg_catalog.shobj_description(r.oid, 'pg_authid') is null
) as found
order by found.kind, found.object
