-- Every table has row-level security enabled, forced (the owner is bound too) and at least one
-- policy. A table without it stands here with the reason.
with excused (object, reason) as (
    values
    ('ops.deployments', 'holds no tenant''s data'),
    ('ops.refresh_runs', 'holds no tenant''s data'),
    ('ops.refresh_state', 'holds no tenant''s data')
)

select
    'table_without_row_security' as name,
    case
        when not c.relrowsecurity then 'row-level security is not enabled'
        when not c.relforcerowsecurity then 'row-level security is not forced'
        else 'there is no policy'
    end as detail,
    c.oid::regclass::text as object
from pg_catalog.pg_class as c
inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where
    c.relkind in ('r', 'p')
    and n.nspname !~ '^(pg_|information_schema$|public$|yoyo$)'
    and c.oid::regclass::text not in (select e.object from excused as e)
    and not (
        c.relrowsecurity
        and c.relforcerowsecurity
        and exists (
            select from pg_catalog.pg_policy as p
            where p.polrelid = c.oid
        )
    )
order by object
