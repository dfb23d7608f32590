-- What an unguarded service would read: the partners of the public view, without asking who asks.
drop schema if exists bench_api cascade;
create schema bench_api;

create view bench_api.partners as
select
    s.*,
    p.name as partner_name,
    p.branch_id,
    p.branch_name
from stats.partner_performance_stats as s
inner join stats.people as p on p.workspace_id = s.workspace_id and p.user_id = s.partner_id
where p.is_active;

-- service.partner_rows, reading that view: the same JSON.
do $do$
begin
    execute replace(
        replace(
            pg_get_functiondef('service.partner_rows(uuid)'::regprocedure),
            'analytics.partner_performance_stats',
            'bench_api.partners'
        ),
        'FUNCTION service.partner_rows',
        'FUNCTION bench_api.partner_rows'
    );
end
$do$;

-- Asked through the connection that the secured read has: a second one may be served by another
-- processor, which makes more of a difference.
grant usage on schema bench_api to leadboard_api;
grant select on bench_api.partners to leadboard_api;
grant execute on function bench_api.partner_rows(uuid) to leadboard_api;
