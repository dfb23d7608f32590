-- Curves and parts of a score are pure: immutable, parallel safe and without a SET clause, so that
-- they inline. A function of schema scoring that reads a relation or calls another schema looks
-- something up and is not judged here.
select
    'scoring_not_pure' as name,
    case
        when p.provolatile <> 'i' then 'is not immutable'
        when p.proparallel <> 's' then 'is not parallel safe'
        else 'has a SET clause'
    end as detail,
    p.oid::regprocedure::text as object
from pg_catalog.pg_proc as p
where
    p.pronamespace = 'scoring'::regnamespace
    and not (p.provolatile = 'i' and p.proparallel = 's' and p.proconfig is null)
    and not exists (
        select from pg_catalog.pg_namespace as n
        where
            n.nspname !~ '^(pg_|information_schema$|public$|yoyo$|scoring$)'
            and regexp_replace(p.prosrc, '--[^\n]*', '', 'g')
            ~ ('(?<![.\w])' || n.nspname || '\.[a-z_]+')
    )
    and not exists (
        select from pg_catalog.pg_class as c
        where
            c.relnamespace = p.pronamespace
            and c.relkind in ('r', 'p', 'v', 'm')
            and regexp_replace(p.prosrc, '--[^\n]*', '', 'g')
            ~ ('(?<![.\w])scoring\.' || c.relname || '\M')
    )
order by object
