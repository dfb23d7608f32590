-- Every relation and routine belongs to one of the three owner roles. What belongs to the login
-- that happened to deploy, a superuser perhaps, would run with that login's rights.
select
    'object_outside_owner_roles' as name,
    format('belongs to %s', found.owner::regrole) as detail,
    found.object
from (
    select
        c.oid::regclass::text as object,
        c.relowner as owner
    from pg_catalog.pg_class as c
    inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where
        c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
        and n.nspname !~ '^(pg_|information_schema$|public$|yoyo$)'
    union all
    select
        p.oid::regprocedure::text,
        p.proowner
    from pg_catalog.pg_proc as p
    inner join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
    where n.nspname !~ '^(pg_|information_schema$|public$|yoyo$)'
) as found
where
    found.owner::regrole::text not in ('leadboard_owner', 'leadboard_rollup', 'leadboard_view')
order by found.object
