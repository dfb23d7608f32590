-- Text with a CHECK instead of enum types: enum operators are not leakproof, so a security barrier
-- keeps an index from being used, and an enum cannot lose a value.
select
    'enum_type' as name,
    'is an enum: use text with a check constraint' as detail,
    t.oid::regtype::text as object
from pg_catalog.pg_type as t
inner join pg_catalog.pg_namespace as n on n.oid = t.typnamespace
where
    t.typtype = 'e'
    and n.nspname !~ '^(pg_|information_schema$|yoyo$)'
order by object
