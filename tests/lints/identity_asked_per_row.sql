-- Policies and views ask who the caller is once per statement, as (select app.member_workspaces());
-- a bare call is made for every row: seconds instead of milliseconds on a million rows.
with texts as (
    select
        format('%s policy %s', p.polrelid::regclass, p.polname) as object,
        concat_ws(
            ' ',
            pg_catalog.pg_get_expr(p.polqual, p.polrelid),
            pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)
        ) as source
    from pg_catalog.pg_policy as p
    union all
    select
        c.oid::regclass::text,
        pg_catalog.pg_get_viewdef(c.oid)
    from pg_catalog.pg_class as c
    inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where
        c.relkind in ('v', 'm')
        and n.nspname !~ '^(pg_|information_schema$|public$|yoyo$)'
)

select
    'identity_asked_per_row' as name,
    substring(t.source from '(?<!SELECT )app\.(?:current|member|admin|managed)_[a-z_]+\(')
    || ')' as detail,
    t.object
from texts as t
where t.source ~ '(?<!SELECT )app\.(current|member|admin|managed)_[a-z_]+\('
order by t.object
