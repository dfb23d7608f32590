-- A SECURITY DEFINER routine pins search_path = pg_catalog, pg_temp: else the caller chooses, by a
-- schema of the same names, what runs with the owner's rights.
select
    'definer_without_pinned_path' as name,
    coalesce(
        (
            select 'pins ' || s.setting
            from unnest(p.proconfig) as s (setting)
            where s.setting like 'search_path=%'
        ),
        'pins no search_path'
    ) as detail,
    p.oid::regprocedure::text as object
from pg_catalog.pg_proc as p
inner join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
where
    p.prosecdef
    and n.nspname !~ '^(pg_|information_schema$|public$|yoyo$)'
    and 'search_path=pg_catalog, pg_temp' <> all(coalesce(p.proconfig, '{}'))
order by object
