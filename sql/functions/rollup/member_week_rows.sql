-- What each member did in an ISO week: the definition of rollup.member_week.
-- Grain: one row per member and week that begins in [p_from_day, p_to_day) and in which anything is
-- counted. All seven days of it are read, also those behind p_to_day.
-- Reads: the stored rows of rollup.member_day: it is written after them (rollup.families, parts).
-- p_subject_id null means every member. One statement without SET, so it inlines.
create function rollup.member_week_rows(
    p_workspace_id uuid, p_subject_id uuid, p_from_day date, p_to_day date
)
returns setof rollup.member_week
language sql
stable
parallel safe
as $$
    select
        p_workspace_id as workspace_id,
        s.day,
        s.subject_id,
        s.leads::bigint as leads,
        c.counts as source_leads,
        s.contacted::bigint as contacted,
        s.response_seconds,
        s.won::bigint as won,
        s.first_worked::bigint as first_worked,
        s.works::bigint as works,
        s.tasks_created::bigint as tasks_created,
        s.tasks_created_completed::bigint as tasks_created_completed,
        s.tasks_completed::bigint as tasks_completed,
        s.sent::bigint as sent,
        s.opened::bigint as opened,
        s.machine_opened::bigint as machine_opened,
        s.clicked::bigint as clicked,
        s.replied::bigint as replied,
        s.bounced::bigint as bounced
    from (
        select
            app.week_start(d.day) as day,
            d.subject_id,
            sum(d.leads) as leads,
            array_agg(d.source_leads) as source_leads,
            sum(d.contacted) as contacted,
            sum(d.response_seconds) as response_seconds,
            sum(d.won) as won,
            sum(d.first_worked) as first_worked,
            sum(d.works) as works,
            sum(d.tasks_created) as tasks_created,
            sum(d.tasks_created_completed) as tasks_created_completed,
            sum(d.tasks_completed) as tasks_completed,
            sum(d.sent) as sent,
            sum(d.opened) as opened,
            sum(d.machine_opened) as machine_opened,
            sum(d.clicked) as clicked,
            sum(d.replied) as replied,
            sum(d.bounced) as bounced
        from rollup.people(p_workspace_id, p_subject_id) as m
        inner join rollup.member_day as d
            on
                d.workspace_id = p_workspace_id
                and d.subject_id = m.subject_id
                and d.day >= p_from_day
                and d.day < p_to_day + 6
        where app.week_start(d.day) >= p_from_day and app.week_start(d.day) < p_to_day
        group by app.week_start(d.day), d.subject_id
    ) as s
    cross join lateral rollup.sum_counts(s.source_leads) as c
$$;
alter function rollup.member_week_rows(uuid, uuid, date, date) owner to leadboard_rollup;

comment on function rollup.member_week_rows(uuid, uuid, date, date) is
'Definition of rollup.member_week for the weeks that begin in the local days [p_from_day, p_to_day): the rows of one member, or of all when p_subject_id is null.';
