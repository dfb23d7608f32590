-- Nothing but app.now() tells the time: else a frozen clock does not freeze everything. Excused are
-- the defaults of bookkeeping columns, and routines that measure how long something took.
with excused (object, reason) as (
    values
    ('app.now()', 'it is the clock'),
    ('app.uuid_v7()', 'a key is as old as the moment it is made, as with uuidv7()'),
    ('ops.wall_time()', 'measures how long something took')
),

texts as (
    select
        p.oid::regprocedure::text as object,
        p.prosrc as source
    from pg_catalog.pg_proc as p
    inner join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
    where
        p.prokind <> 'a'
        and n.nspname !~ '^(pg_|information_schema$|public$|yoyo$)'
    union all
    select
        c.oid::regclass::text,
        pg_catalog.pg_get_viewdef(c.oid)
    from pg_catalog.pg_class as c
    inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where
        c.relkind in ('v', 'm')
        and n.nspname !~ '^(pg_|information_schema$|public$|yoyo$)'
    union all
    select
        format('%s policy %s', p.polrelid::regclass, p.polname),
        concat_ws(
            ' ',
            pg_catalog.pg_get_expr(p.polqual, p.polrelid),
            pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)
        )
    from pg_catalog.pg_policy as p
    union all
    select
        format('%s trigger %s', t.tgrelid::regclass, t.tgname),
        pg_catalog.pg_get_triggerdef(t.oid)
    from pg_catalog.pg_trigger as t
    where not t.tgisinternal
    union all
    select
        format('%s.%s', d.adrelid::regclass, a.attname),
        pg_catalog.pg_get_expr(d.adbin, d.adrelid)
    from pg_catalog.pg_attrdef as d
    inner join pg_catalog.pg_attribute as a on a.attrelid = d.adrelid and a.attnum = d.adnum
    inner join pg_catalog.pg_class as c on c.oid = d.adrelid
    inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where
        n.nspname !~ '^(pg_|information_schema$|public$|yoyo$)'
        and a.attname not in ('created_at', 'updated_at', 'deployed_at')
),

found as (
    select
        t.object,
        substring(
            -- Comments may speak of the time.
            regexp_replace(t.source, '--[^\n]*', '', 'g')
            from
            '(?i)((?<!app\.)\m(?:now|(?:clock|statement|transaction)_timestamp|timeofday)\s*\('
            '|(?<![.''\w])(?:current_(?:date|time|timestamp)|localtime|localtimestamp)\M'
            '|''(?:now|today|tomorrow|yesterday)''\s*::)'
        ) as clock
    from texts as t
)

select
    'clock_outside_app_now' as name,
    format('asks %s', f.clock) as detail,
    f.object
from found as f
where
    f.clock is not null
    and f.object not in (select e.object from excused as e)
order by f.object
