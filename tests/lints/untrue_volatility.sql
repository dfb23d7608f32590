-- A routine is no more constant than what it says: an immutable one reads no table and calls
-- nothing that may change, a stable one writes nothing and calls nothing volatile. Judged by the
-- text, so it finds what is named in full, as everything here is.
with routines as (
    select
        p.oid,
        p.oid::regprocedure::text as object,
        p.provolatile as volatility,
        format('%s.%s', n.nspname, p.proname) as called,
        regexp_replace(p.prosrc, '--[^\n]*', '', 'g') as source
    from pg_catalog.pg_proc as p
    inner join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
    where
        p.prokind = 'f'
        and n.nspname !~ '^(pg_|information_schema$|public$|yoyo$)'
),

relations as (
    select format('%s.%s', n.nspname, c.relname) as named
    from pg_catalog.pg_class as c
    inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where
        c.relkind in ('r', 'p', 'v', 'm')
        and n.nspname !~ '^(pg_|information_schema$|public$|yoyo$)'
),

-- Stable for the sake of types whose text depends on settings (times, floats); constant over text,
-- keys and whole numbers.
excused (named) as (
    values
    ('array_to_string'),
    ('concat'),
    ('concat_ws'),
    ('convert_to'),
    ('format'),
    ('json_build_object'),
    ('json_to_recordset'),
    ('jsonb_build_object'),
    ('jsonb_to_recordset'),
    ('to_json'),
    ('to_jsonb')
),

-- Functions of the server of which no variant is as constant as asked for.
builtins as (
    select
        p.proname as named,
        bool_and(p.provolatile <> 'i') as never_immutable,
        bool_and(p.provolatile = 'v') as always_volatile
    from pg_catalog.pg_proc as p
    where
        p.pronamespace = 'pg_catalog'::regnamespace
        and p.proname not in (select e.named from excused as e)
    group by p.proname
),

found as (
    select
        r.object,
        format('is immutable and reads %s', l.named) as detail
    from routines as r
    inner join
        relations as l
        on r.source ~ ('(?<![.\w])' || replace(l.named, '.', '\.') || '\M(?!\s*\()')
    where r.volatility = 'i'
    union all
    select
        r.object,
        format(
            'is %s and calls %s',
            case r.volatility when 'i' then 'immutable' else 'stable' end,
            o.called
        )
    from routines as r
    inner join routines as o
        on
            o.oid <> r.oid
            and (o.volatility = 'v' or (r.volatility = 'i' and o.volatility = 's'))
            and r.source ~ ('(?<![.\w])' || replace(o.called, '.', '\.') || '\s*\(')
    where r.volatility <> 'v'
    union all
    select
        r.object,
        format(
            'is %s and calls %s',
            case r.volatility when 'i' then 'immutable' else 'stable' end,
            b.named
        )
    from routines as r
    inner join lateral (
        select distinct m.matched[1] as named
        from
            regexp_matches(r.source, '(?<![.\w"])(?:pg_catalog\.)?([a-z_][a-z0-9_]*)\s*\(', 'g')
                as m (matched)
    ) as c on true
    inner join builtins as b
        on
            b.named = c.named
            and (b.always_volatile or (r.volatility = 'i' and b.never_immutable))
    where r.volatility <> 'v'
    union all
    select
        r.object,
        'is not volatile and writes'
    from routines as r
    where
        r.volatility <> 'v'
        -- A statement put together as text is carried out by somebody else, and the server refuses
        -- to write in a function that is not volatile.
        and regexp_replace(r.source, '''[^'']*''|\$\w*\$.*?\$\w*\$', '', 'g')
        ~* '\m(insert\s+into|update\s+\w+\.\w+|delete\s+from|merge\s+into|truncate\s|notify\s)'
)

select
    'untrue_volatility' as name,
    f.detail,
    f.object
from found as f
order by f.object, f.detail
