-- A layer reads lower layers only: crm -> rollup -> metrics -> stats -> analytics -> service. Views
-- are judged by what pg_depend says, routines by what their text names in full.
with layers (schema, layer) as (
    values
    ('app', 1),
    ('crm', 1),
    ('scoring', 1),
    ('rollup', 2),
    ('metrics', 3),
    ('stats', 4),
    ('analytics', 5),
    ('goals', 4),
    ('routing', 6),
    ('reporting', 6),
    ('service', 6),
    ('ops', 6)
),

-- What is higher by its place and used from below all the same.
excused (schema, object, reason) as (
    values
    ('crm', 'rollup.dirty_cells', 'a change of facts is logged for the refresh'),
    ('analytics', 'ops.refresh_state', 'figures show when they were refreshed'),
    ('analytics', 'ops.workspace_versions', 'figures show when they were refreshed')
),

objects as (
    select
        c.oid,
        'pg_class'::regclass as catalog,
        n.nspname as schema,
        format('%s.%s', n.nspname, c.relname) as object
    from pg_catalog.pg_class as c
    inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm')
    union all
    select
        p.oid,
        'pg_proc'::regclass,
        n.nspname,
        format('%s.%s', n.nspname, p.proname)
    from pg_catalog.pg_proc as p
    inner join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
),

placed as (
    select
        o.oid,
        o.catalog,
        o.schema,
        o.object,
        l.layer
    from objects as o
    inner join layers as l on l.schema = o.schema
),

-- Names in full, in the text without its comments.
named as (
    select
        p.oid,
        m.names[1] as object
    from pg_catalog.pg_proc as p
    cross join lateral regexp_matches(
        regexp_replace(p.prosrc, '--[^\n]*', '', 'g'), '(?<![.\w])(\w+\.\w+)', 'g'
    ) as m (names)
),

edges as (
    select
        v.object,
        v.schema,
        v.layer,
        u.object as used,
        u.layer as used_layer
    from pg_catalog.pg_rewrite as r
    inner join placed as v on v.oid = r.ev_class and v.catalog = 'pg_class'::regclass
    inner join pg_catalog.pg_depend as d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
    inner join placed as u on u.oid = d.refobjid and u.catalog = d.refclassid
    union
    select
        f.object,
        f.schema,
        f.layer,
        u.object,
        u.layer
    from placed as f
    inner join named as t on t.oid = f.oid and f.catalog = 'pg_proc'::regclass
    inner join placed as u on u.object = t.object
    -- A function of schema scoring that explains a partner's score looks the partner up in stats.
    where f.schema in ('app', 'crm', 'rollup', 'metrics')
)

select
    'reads_upwards' as name,
    format('uses %s', e.used) as detail,
    e.object
from edges as e
where
    e.used_layer > e.layer
    and (e.schema, e.used) not in (select
        x.schema,
        x.object
    from excused as x)
order by e.object, e.used
