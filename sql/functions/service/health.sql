-- GET /health/ready and /metrics: how fresh the figures are. Grain: always one row. generation
-- counts refreshes that may have changed figures; refreshed_at is null before the first one;
-- is_overdue says that a local midnight has moved the windows and no refresh has followed since.
create function service.health()
returns table (generation bigint, refreshed_at timestamptz, age_seconds numeric, is_overdue boolean)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        coalesce(max(s.generation) filter (where s.name = 'rollup'), 0),
        max(s.last_success_at),
        round(extract(epoch from app.now() - max(s.last_success_at)), 1),
        coalesce(min(s.valid_until) <= app.now(), false)
    from ops.refresh_state as s
$$;
alter function service.health() owner to leadboard_view;
grant execute on function service.health() to leadboard_api;

comment on function service.health() is
'Freshness of the figures: generation, time of the last good refresh, its age in seconds, and whether the next one is overdue.';
