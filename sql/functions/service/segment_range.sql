-- The window of the last p_days local days of a workspace: the local days [from_day, to_day) and
-- the first and last second of them. Stored windows end where they were last refreshed.
create function service.segment_range(
    in p_workspace_id uuid,
    in p_days integer,
    out from_day date,
    out to_day date,
    out from_at text,
    out to_at text
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        e.to_day - p_days,
        e.to_day,
        to_char(
            app.day_start(e.to_day - p_days, w.timezone) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'
        ),
        to_char(
            (app.day_start(e.to_day, w.timezone) - interval '1 second') at time zone 'UTC',
            'YYYY-MM-DD"T"HH24:MI:SS"Z"'
        )
    from crm.workspaces as w
    cross join lateral (
        select
            coalesce(
                (
                    select max(s.window_to_day)
                    from stats.segment_performance_stats as s
                    where
                        s.workspace_id = p_workspace_id
                        and s.window_days = p_days
                        and p_workspace_id = any(app.admin_workspaces())
                ),
                app.today(w.timezone) + 1
            )
    ) as e (to_day)
    where w.workspace_id = p_workspace_id
$$;
alter function service.segment_range(uuid, integer) owner to leadboard_view;
grant execute on function service.segment_range(uuid, integer) to leadboard_api;

comment on function service.segment_range(uuid, integer) is
'Window of the last p_days local days of a workspace as days and as first and last second (UTC, RFC 3339).';
