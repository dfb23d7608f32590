-- Every primary key, unique constraint, foreign key and index begins with workspace_id: a row
-- cannot refer to another tenant's, and the data can be spread over servers by tenant.
with excused (object, reason) as (
    values
    ('crm.users', 'a person belongs to no tenant'),
    ('crm.industries', 'a reference list shared by all tenants'),
    ('crm.members_user_id', 'finds the workspaces of the caller before one is known'),
    ('crm.leads_industry_id', 'serves the foreign key to the shared list')
),

tables as (
    select c.oid
    from pg_catalog.pg_class as c
    inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where
        c.relkind in ('r', 'p', 'm')
        and n.nspname in ('crm', 'rollup', 'stats', 'scoring', 'routing', 'goals', 'reporting')
        and c.oid::regclass::text not in (select e.object from excused as e)
),

first_columns as (
    select
        i.indexrelid::regclass::text as object,
        case
            when i.indisprimary then 'primary key' when i.indisunique then 'unique index' else
                'index'
        end as kind,
        i.indrelid as relation,
        i.indkey[0] as attribute
    from pg_catalog.pg_index as i
    inner join tables as t on t.oid = i.indrelid
    union all
    select
        format('%s on %s', o.conname, o.conrelid::regclass),
        'foreign key',
        o.conrelid,
        o.conkey[1]
    from pg_catalog.pg_constraint as o
    inner join tables as t on t.oid = o.conrelid
    where
        o.contype = 'f'
        and o.confrelid::regclass::text not in (select e.object from excused as e)
)

select
    'key_without_workspace' as name,
    format('%s begins with %s', f.kind, coalesce(a.attname, 'an expression')) as detail,
    f.object
from first_columns as f
left join pg_catalog.pg_attribute as a on a.attrelid = f.relation and a.attnum = f.attribute
where
    a.attname is distinct from 'workspace_id'
    and f.object not in (select e.object from excused as e)
order by f.object
