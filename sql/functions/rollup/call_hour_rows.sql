-- Calls by local day and hour: the definition of rollup.call_hour.
-- Grain: one row per branch of the call, member, local day and hour, direction, status and outcome.
-- Reads: crm.call_logs; the call's own branch says which zone dates it, not the lead's. In the hour
-- that a clock change repeats, both passes count under the same local hour.
-- p_subject_id null means every member and nobody. One statement without SET, so it inlines.
create function rollup.call_hour_rows(
    p_workspace_id uuid, p_subject_id uuid, p_from_day date, p_to_day date
)
returns setof rollup.call_hour
language sql
stable
parallel safe
as $$
    select
        c.workspace_id,
        app.local_day(c.started_at, coalesce(b.timezone, w.timezone)) as day,
        s.subject_id,
        coalesce(c.branch_id, app.nobody()) as branch_id,
        extract(hour from c.started_at at time zone coalesce(b.timezone, w.timezone))::smallint
            as hour,
        c.direction,
        c.status,
        coalesce(c.outcome, '') as outcome,
        count(*) as calls,
        sum(c.duration_seconds)::bigint as duration_seconds
    from crm.workspaces as w
    cross join rollup.subjects(p_workspace_id, p_subject_id) as s
    inner join crm.call_logs as c
        on
            c.workspace_id = p_workspace_id
            and coalesce(c.user_id, app.nobody()) = s.subject_id
            and c.started_at >= app.earliest_start(p_from_day)
            and c.started_at < app.latest_end(p_to_day)
    left join crm.branches as b on b.workspace_id = p_workspace_id and b.id = c.branch_id
    where
        w.workspace_id = p_workspace_id
        and app.local_day(c.started_at, coalesce(b.timezone, w.timezone)) >= p_from_day
        and app.local_day(c.started_at, coalesce(b.timezone, w.timezone)) < p_to_day
    group by
        c.workspace_id,
        app.local_day(c.started_at, coalesce(b.timezone, w.timezone)),
        s.subject_id,
        coalesce(c.branch_id, app.nobody()),
        extract(hour from c.started_at at time zone coalesce(b.timezone, w.timezone)),
        c.direction,
        c.status,
        coalesce(c.outcome, '')
$$;
alter function rollup.call_hour_rows(uuid, uuid, date, date) owner to leadboard_rollup;

comment on function rollup.call_hour_rows(uuid, uuid, date, date) is
'Definition of rollup.call_hour for the local days [p_from_day, p_to_day): the rows of one member, or of all when p_subject_id is null.';
