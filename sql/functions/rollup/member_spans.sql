-- Stored rows that make up the local days [p_from_day, p_to_day), each day once: the whole weeks in
-- it from rollup.member_week, and the days before and after them from rollup.member_day.
-- Inlines; each of the three parts is a range of a key.
create function rollup.member_spans(p_workspace_id uuid, p_from_day date, p_to_day date)
returns setof rollup.member_day
language sql
stable
parallel safe
as $$
    select
        d.workspace_id,
        d.day,
        d.subject_id,
        d.leads,
        d.source_leads,
        d.contacted,
        d.response_seconds,
        d.won,
        d.first_worked,
        d.works,
        d.tasks_created,
        d.tasks_created_completed,
        d.tasks_completed,
        d.sent,
        d.opened,
        d.machine_opened,
        d.clicked,
        d.replied,
        d.bounced
    from rollup.member_day as d
    where
        d.workspace_id = p_workspace_id
        and d.day >= p_from_day
        and d.day < least(app.week_start(p_from_day + 6), p_to_day)
    union all
    select
        w.workspace_id,
        w.day,
        w.subject_id,
        w.leads,
        w.source_leads,
        w.contacted,
        w.response_seconds,
        w.won,
        w.first_worked,
        w.works,
        w.tasks_created,
        w.tasks_created_completed,
        w.tasks_completed,
        w.sent,
        w.opened,
        w.machine_opened,
        w.clicked,
        w.replied,
        w.bounced
    from rollup.member_week as w
    where
        w.workspace_id = p_workspace_id
        and w.day >= app.week_start(p_from_day + 6)
        and w.day < app.week_start(p_to_day)
    union all
    select
        d.workspace_id,
        d.day,
        d.subject_id,
        d.leads,
        d.source_leads,
        d.contacted,
        d.response_seconds,
        d.won,
        d.first_worked,
        d.works,
        d.tasks_created,
        d.tasks_created_completed,
        d.tasks_completed,
        d.sent,
        d.opened,
        d.machine_opened,
        d.clicked,
        d.replied,
        d.bounced
    from rollup.member_day as d
    where
        d.workspace_id = p_workspace_id
        and d.day >= greatest(app.week_start(p_from_day + 6), app.week_start(p_to_day))
        and d.day < p_to_day
$$;
alter function rollup.member_spans(uuid, date, date) owner to leadboard_rollup;

comment on function rollup.member_spans(uuid, date, date) is
'Rows of rollup.member_week and rollup.member_day that make up the local days [from, to), each day once.';
