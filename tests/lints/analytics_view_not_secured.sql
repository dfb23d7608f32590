-- What BI tools read is a view that belongs to leadboard_view (so the policies bind it), is a
-- security barrier (so a cheap function of the caller is not run on rows that are filtered out) and
-- filters by the caller's own workspaces.
select
    'analytics_view_not_secured' as name,
    case
        when c.relkind <> 'v' then 'is not a plain view'
        when c.relowner <> 'leadboard_view'::regrole then 'does not belong to leadboard_view'
        when
            'security_barrier=true' <> all(coalesce(c.reloptions, '{}'))
            then 'is no security barrier'
        when 'security_invoker=true' = any(c.reloptions) then 'runs with the caller''s rights'
        else 'does not ask who the caller is'
    end as detail,
    c.oid::regclass::text as object
from pg_catalog.pg_class as c
where
    c.relnamespace = 'analytics'::regnamespace
    and c.relkind in ('r', 'p', 'v', 'm', 'f')
    and not (
        c.relkind = 'v'
        and c.relowner = 'leadboard_view'::regrole
        and 'security_barrier=true' = any(coalesce(c.reloptions, '{}'))
        and 'security_invoker=true' <> all(c.reloptions)
        and pg_catalog.pg_get_viewdef(c.oid) ~ 'app\.(member|admin)_workspaces\(\)'
    )
order by object
