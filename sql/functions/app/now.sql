-- The one clock. Tests and demos freeze it with `set app.now = '2026-03-29 12:00+00'`; everywhere
-- else in sql/ the time of day is asked here, so a frozen clock freezes everything.
create function app.now()
returns timestamptz
language sql
stable
parallel safe
as $$
    select coalesce(nullif(pg_catalog.current_setting('app.now', true), '')::timestamptz, pg_catalog.now())
$$;
alter function app.now() owner to leadboard_owner;
grant execute on function app.now() to
leadboard_rollup, leadboard_view, leadboard_api, leadboard_bi, leadboard_router, leadboard_ops;

comment on function app.now() is
'The present time: the setting app.now where one is set (tests, replays), else the start of the transaction.';
