-- Notes that a new local day has begun in workspaces: a goal may have ended with the one before,
-- and a month. p_since is when the rollups were last refreshed; null for never.
create function goals.touch_days(p_workspace_ids uuid[], p_since timestamptz)
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
    insert into goals.touched (workspace_id, user_id, scope, from_day)
    select
        w.workspace_id,
        app.nobody(),
        'day',
        coalesce(app.local_day(p_since, 'UTC') - 2, '-infinity')
    from unnest(p_workspace_ids) as w (workspace_id)
$$;
alter function goals.touch_days(uuid[], timestamptz) owner to leadboard_rollup;

comment on function goals.touch_days(uuid[], timestamptz) is
'Notes that the goals and months that ended since a moment have to be looked at.';
