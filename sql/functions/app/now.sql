-- The one clock. Tests and demos freeze it with `set app.now = '2026-03-29 12:00+00'`; everywhere
-- else in sql/ the time of day is asked here, so a frozen clock freezes everything.
--
-- Anyone who can type SQL can set a setting, so it counts only for logins that are trusted with the
-- figures of everyone: operators, the service and the owners. A routing engine cannot turn the
-- clock back to slip past a daily cap, nor a BI login read today's figures as another day's.
create function app.now()
returns timestamptz
language sql
stable
parallel safe
as $$
    select
        case
            when nullif(pg_catalog.current_setting('app.now', true), '') is null then pg_catalog.now()
            when
                session_user = 'leadboard_api'
                or pg_catalog.pg_has_role(session_user, 'leadboard_ops', 'member')
                or pg_catalog.pg_has_role(session_user, 'leadboard_owner', 'member')
                then pg_catalog.current_setting('app.now', true)::timestamptz
            else pg_catalog.now()
        end
$$;
alter function app.now() owner to leadboard_owner;
grant execute on function app.now() to
leadboard_rollup, leadboard_view, leadboard_api, leadboard_bi, leadboard_router, leadboard_ops;

comment on function app.now() is
'The present time: the start of the transaction, or the setting app.now where a trusted login has set one (tests, replays).';
