-- Every foreign key has an index that begins with its columns; else deleting the row referred to,
-- or joining along the key, reads the whole table. An index over the non-null keys alone will do.
select
    'foreign_key_without_index' as name,
    format('no index begins with the columns of %s', o.conname) as detail,
    o.conrelid::regclass::text as object
from pg_catalog.pg_constraint as o
inner join pg_catalog.pg_namespace as n on n.oid = o.connamespace
where
    o.contype = 'f'
    and n.nspname !~ '^(pg_|information_schema$|public$|yoyo$)'
    and not exists (
        select from pg_catalog.pg_index as i
        where
            i.indrelid = o.conrelid
            and i.indisvalid
            and (i.indkey::smallint[])[0:cardinality(o.conkey) - 1] @> o.conkey
            and (
                i.indpred is null
                or exists (
                    select from pg_catalog.pg_attribute as a
                    where
                        a.attrelid = o.conrelid
                        and a.attnum = any(o.conkey)
                        and pg_catalog.pg_get_expr(i.indpred, i.indrelid)
                        = format('(%I IS NOT NULL)', a.attname)
                )
            )
    )
order by object, detail
