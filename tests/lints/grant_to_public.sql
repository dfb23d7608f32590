-- PUBLIC, which is every login there is or will be, has no right on anything of ours: not on a
-- schema, relation, column or routine, not on the database (TEMP, CONNECT), not on a language.
select
    'grant_to_public' as name,
    found.privilege as detail,
    found.object
from (
    select
        format('schema %s', n.nspname) as object,
        acl.grantee,
        acl.privilege_type as privilege
    from pg_catalog.pg_namespace as n
    cross join
        pg_catalog.aclexplode(coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner))) as acl
    where n.nspname !~ '^(pg_|information_schema$)'
    union all
    select
        c.oid::regclass::text,
        acl.grantee,
        acl.privilege_type
    from pg_catalog.pg_class as c
    inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    cross join pg_catalog.aclexplode(c.relacl) as acl
    where n.nspname !~ '^(pg_|information_schema$)'
    union all
    select
        format('%s.%s', c.oid::regclass, a.attname),
        acl.grantee,
        acl.privilege_type
    from pg_catalog.pg_attribute as a
    inner join pg_catalog.pg_class as c on c.oid = a.attrelid
    inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    cross join pg_catalog.aclexplode(a.attacl) as acl
    where n.nspname !~ '^(pg_|information_schema$)'
    union all
    select
        p.oid::regprocedure::text,
        acl.grantee,
        acl.privilege_type
    from pg_catalog.pg_proc as p
    inner join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
    cross join
        pg_catalog.aclexplode(coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))) as acl
    where n.nspname !~ '^(pg_|information_schema$|public$|yoyo$)'
    union all
    select
        'this database',
        acl.grantee,
        acl.privilege_type
    from pg_catalog.pg_database as d
    cross join
        pg_catalog.aclexplode(coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba))) as acl
    where d.datname = pg_catalog.current_database()
    union all
    select
        format('language %s', l.lanname),
        acl.grantee,
        acl.privilege_type
    from pg_catalog.pg_language as l
    cross join
        pg_catalog.aclexplode(coalesce(l.lanacl, pg_catalog.acldefault('l', l.lanowner))) as acl
    where l.lanpltrusted
) as found
where found.grantee = 0
order by found.object, found.privilege
