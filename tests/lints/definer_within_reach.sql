-- What a login of a BI tool, a routing engine or an operator may run with an owner's rights is a
-- short list. Every entry checks who asks, or answers for the caller only.
with meant (object, role) as (
    values
    ('app.admin_workspaces()', 'leadboard_bi'),
    ('app.current_user_id()', 'leadboard_bi'),
    ('app.managed_branches()', 'leadboard_bi'),
    ('app.member_workspaces()', 'leadboard_bi'),
    ('goals.completion(uuid,uuid,text)', 'leadboard_bi'),
    ('app.admin_workspaces()', 'leadboard_router'),
    ('app.current_user_id()', 'leadboard_router'),
    ('app.managed_branches()', 'leadboard_router'),
    ('app.member_workspaces()', 'leadboard_router'),
    -- Routing engines: leads of the workspace the login stands for.
    ('routing.assign_lead(uuid,uuid,text)', 'leadboard_router'),
    ('routing.candidates(uuid,uuid)', 'leadboard_router'),
    ('routing.current_settings(uuid)', 'leadboard_router'),
    ('routing.decisions(uuid,text,uuid,integer)', 'leadboard_router'),
    ('routing.due_workspaces()', 'leadboard_router'),
    ('routing.expire_offers()', 'leadboard_router'),
    ('routing.explain(uuid,uuid,text)', 'leadboard_router'),
    ('routing.explain_lead(uuid,uuid,text)', 'leadboard_router'),
    ('routing.partner_decisions(uuid,uuid,integer)', 'leadboard_router'),
    ('routing.respond(uuid,uuid,uuid,text,text)', 'leadboard_router'),
    (
        'routing.simulate(uuid,timestamp with time zone,timestamp with time zone,jsonb)',
        'leadboard_router'
    ),
    ('routing.simulate_days(uuid,integer,jsonb)', 'leadboard_router'),
    ('routing.waiting(uuid,timestamp with time zone,uuid,integer)', 'leadboard_router'),
    -- Operators: what they refresh, rebuild and compare, never a fact.
    ('goals.check_achievements(uuid,uuid)', 'leadboard_ops'),
    ('ops.announce(uuid[])', 'leadboard_ops'),
    ('ops.health()', 'leadboard_ops'),
    ('ops.known_workspaces()', 'leadboard_ops'),
    ('ops.match_segments()', 'leadboard_ops'),
    ('ops.rebuild_workspace(uuid,date,date)', 'leadboard_ops'),
    ('ops.record_failure(text,text)', 'leadboard_ops'),
    ('ops.refresh_achievements()', 'leadboard_ops'),
    ('ops.refresh_due(text)', 'leadboard_ops'),
    ('ops.refresh_rollups()', 'leadboard_ops'),
    ('ops.refresh_view(text)', 'leadboard_ops'),
    ('ops.verify(uuid,date,date)', 'leadboard_ops'),
    ('ops.verify_sample()', 'leadboard_ops'),
    ('routing.due_workspaces()', 'leadboard_ops'),
    ('routing.expire_offers()', 'leadboard_ops'),
    ('stats.refresh_partner_performance_stats()', 'leadboard_ops')
)

select
    'definer_within_reach' as name,
    format('may be executed by %s', r.rolname) as detail,
    p.oid::regprocedure::text as object
from pg_catalog.pg_proc as p
inner join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
inner join
    pg_catalog.pg_roles as r
    on r.rolname in ('leadboard_bi', 'leadboard_router', 'leadboard_ops')
where
    p.prosecdef
    and n.nspname !~ '^(pg_|information_schema$|yoyo$)'
    and pg_catalog.has_function_privilege(r.oid, p.oid, 'execute')
    and (p.oid::regprocedure::text, r.rolname) not in (select
        m.object,
        m.role
    from meant as m)
order by object, detail
