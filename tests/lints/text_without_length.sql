-- Text that people or other systems write has an upper length, a closed list of values or a bounded
-- pattern; lists of text have an upper count. One row of ten megabytes is a fault, not a fact.
with excused (object, reason) as (
    values
    ('crm.imports.header', 'as read from the file, whose size is limited'),
    ('crm.import_rows.cells', 'as read from the file, whose size is limited'),
    ('crm.import_rejects.cells', 'as read from the file, whose size is limited'),
    ('crm.import_rejects.column_name', 'a name out of crm.imports.header'),
    ('crm.import_rejects.reason', 'written by the import itself')
)

select
    'text_without_length' as name,
    format('%s without a check of its length', pg_catalog.format_type(a.atttypid, a.atttypmod))
        as detail,
    format('%s.%s', c.oid::regclass, a.attname) as object
from pg_catalog.pg_class as c
inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
inner join pg_catalog.pg_attribute as a on a.attrelid = c.oid
where
    c.relkind in ('r', 'p')
    and n.nspname = 'crm'
    and a.attnum > 0
    and not a.attisdropped
    and a.atttypid in ('text'::regtype, 'text[]'::regtype)
    and format('%s.%s', c.oid::regclass, a.attname) not in (select e.object from excused as e)
    and not exists (
        select from pg_catalog.pg_constraint as o
        where
            o.conrelid = c.oid
            and o.contype = 'c'
            and a.attnum = any(o.conkey)
            and pg_catalog.pg_get_constraintdef(o.oid) ~ (
                '(char_length|cardinality|pg_column_size)\(' || a.attname || '\)'
                || '|\(' || a.attname || ' = ANY'
                || '|\(' || a.attname || ' ~ ''\^[^*+]*\$'''
            )
    )
order by object
