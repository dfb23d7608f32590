-- A materialized view has a unique index over plain columns: it states the grain, and REFRESH
-- CONCURRENTLY needs it.
select
    'materialized_view_without_unique_index' as name,
    'no unique index over plain columns of all rows' as detail,
    c.oid::regclass::text as object
from pg_catalog.pg_class as c
inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where
    c.relkind = 'm'
    and n.nspname !~ '^(pg_|information_schema$|yoyo$)'
    and not exists (
        select from pg_catalog.pg_index as i
        where
            i.indrelid = c.oid
            and i.indisunique
            and i.indisvalid
            and i.indpred is null
            and i.indexprs is null
    )
order by object
