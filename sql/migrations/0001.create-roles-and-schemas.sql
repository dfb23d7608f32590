-- The roles and schemas that everything else is granted to: who owns, who refreshes, who reads.
-- depends:

do $$
declare
    v_role record;
begin
    -- Roles belong to the whole server, so another database may have made them already; two
    -- deploys into two databases of one server may also race, hence the handler.
    for v_role in
        select
            r.name,
            r.attributes
        from (
            values
            ('leadboard_owner', 'nologin'),
            ('leadboard_rollup', 'nologin bypassrls'),
            ('leadboard_view', 'nologin'),
            ('leadboard_bi', 'nologin'),
            ('leadboard_router', 'nologin'),
            ('leadboard_ops', 'nologin'),
            ('leadboard_api', 'login'),
            ('leadboard_worker', 'login')
        ) as r (name, attributes)
    loop
        if not exists (select from pg_catalog.pg_roles where rolname = v_role.name) then
            begin
                execute pg_catalog.format('create role %I %s', v_role.name, v_role.attributes);
            exception
                when duplicate_object or unique_violation then null;
            end;
        end if;
    end loop;
end
$$;

grant leadboard_ops to leadboard_worker;

comment on role leadboard_owner is 'Owns the tables of Leadboard and the definer functions that write facts. Nobody logs in as it.';
comment on role leadboard_rollup is 'Owns rollups, materialized views and refresh functions. BYPASSRLS: a refresh reads every workspace.';
comment on role leadboard_view is 'Owns the public views and the functions behind them. Bound by row-level security.';
comment on role leadboard_bi is 'Group of the BI logins: may read schema analytics, rows as app.principals says.';
comment on role leadboard_router is 'Group of the routing engines: may call the functions of schema routing, reads no table.';
comment on role leadboard_ops is 'Group of the DBAs and of the worker: may refresh, rebuild, verify and look at health, reads no facts.';
comment on role leadboard_api is 'Login of the HTTP service. Acts for the user whose verified claims it sets; owns nothing.';
comment on role leadboard_worker is 'Login of the worker: member of leadboard_ops.';

create schema app;
create schema crm;
create schema rollup;
create schema stats;
create schema metrics;
create schema scoring;
create schema analytics;
create schema service;
create schema ops;

comment on schema app is 'Clock, caller identity, small types.';
comment on schema crm is 'Facts: who worked which lead, when, with what outcome.';
comment on schema rollup is 'Daily additive measures, kept equal to their definition over the facts.';
comment on schema stats is 'Materialized views, private, one grain each.';
comment on schema metrics is 'Figures for any window of local days, over the rollups.';
comment on schema scoring is 'Scores: curves, weights, parts and totals.';
comment on schema analytics is 'The public contract: security-barrier views that show each caller the own rows.';
comment on schema service is 'One function per HTTP endpoint: identity, right, freshness tag and finished JSON in one round trip.';
comment on schema ops is 'Refresh, rebuild, verify, health, deployments.';

-- Nobody but the owners creates anything, not even a temporary table that could shadow a name.
do $$
begin
    execute pg_catalog.format('revoke all on database %I from public', pg_catalog.current_database());
    execute pg_catalog.format(
        'grant connect on database %I to leadboard_api, leadboard_worker, leadboard_bi, leadboard_router, leadboard_ops',
        pg_catalog.current_database()
    );
    -- A concurrent refresh fills a temporary table; so does an import while it checks its rows.
    execute pg_catalog.format(
        'grant temporary on database %I to leadboard_rollup, leadboard_owner',
        pg_catalog.current_database()
    );
end
$$;
revoke all on schema public from public;
revoke usage on language plpgsql from public;
revoke usage on language sql from public;
grant usage on language plpgsql to leadboard_owner, leadboard_rollup, leadboard_view;
grant usage on language sql to leadboard_owner, leadboard_rollup, leadboard_view;

grant usage on schema app to leadboard_owner, leadboard_rollup, leadboard_view, leadboard_api,
leadboard_bi, leadboard_router, leadboard_ops;
grant usage on schema crm to leadboard_owner, leadboard_rollup, leadboard_view, leadboard_api;
grant usage on schema rollup to leadboard_owner, leadboard_rollup, leadboard_view;
grant usage on schema stats to leadboard_owner, leadboard_rollup, leadboard_view, leadboard_ops;
grant usage on schema metrics to leadboard_owner, leadboard_rollup, leadboard_view, leadboard_api;
grant usage on schema scoring to leadboard_owner, leadboard_rollup, leadboard_view, leadboard_api;
grant usage on schema analytics to leadboard_owner, leadboard_rollup, leadboard_view,
leadboard_api, leadboard_bi;
grant usage on schema service to leadboard_owner, leadboard_view, leadboard_api;
grant usage on schema ops to leadboard_owner, leadboard_rollup, leadboard_view, leadboard_ops,
leadboard_api;

-- Refreshing needs to create the temporary table and the new contents in its own schemas.
grant create on schema stats, rollup, ops, metrics, scoring, app to leadboard_rollup;
grant create on schema app, crm, rollup, ops, scoring, service, metrics to leadboard_owner;
grant create on schema analytics, metrics, scoring, service, app to leadboard_view;
