-- What each member did on a local day, all families side by side: the definition of
-- rollup.member_day.
-- Grain: one row per member and local day on which anything is counted.
-- Reads: the stored rows of rollup.lead_day, worked_day, task_day and campaign_day, never a fact:
-- it is written after them (rollup.families, parts). Nobody's rows are not summed.
-- first_worked is what of worked_day adds up: distinct leads worked in a window are these, and
-- those worked in it that had last been worked before it (metrics.rep_performance).
-- p_subject_id null means every member. One statement without SET, so it inlines.
create function rollup.member_day_rows(
    p_workspace_id uuid, p_subject_id uuid, p_from_day date, p_to_day date
)
returns setof rollup.member_day
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
            p.day,
            p.subject_id,
            sum(p.leads) as leads,
            array_agg(p.source_leads) as source_leads,
            sum(p.contacted) as contacted,
            sum(p.response_seconds) as response_seconds,
            sum(p.won) as won,
            sum(p.first_worked) as first_worked,
            sum(p.works) as works,
            sum(p.tasks_created) as tasks_created,
            sum(p.tasks_created_completed) as tasks_created_completed,
            sum(p.tasks_completed) as tasks_completed,
            sum(p.sent) as sent,
            sum(p.opened) as opened,
            sum(p.machine_opened) as machine_opened,
            sum(p.clicked) as clicked,
            sum(p.replied) as replied,
            sum(p.bounced) as bounced
        from (
            select
                d.subject_id,
                d.day,
                d.leads,
                jsonb_build_object(d.source, d.leads) as source_leads,
                d.contacted,
                d.response_seconds,
                d.won,
                0 as first_worked,
                0 as works,
                0 as tasks_created,
                0 as tasks_created_completed,
                0 as tasks_completed,
                0 as sent,
                0 as opened,
                0 as machine_opened,
                0 as clicked,
                0 as replied,
                0 as bounced
            from rollup.people(p_workspace_id, p_subject_id) as m
            inner join rollup.lead_day as d
                on
                    d.workspace_id = p_workspace_id
                    and d.subject_id = m.subject_id
                    and d.day >= p_from_day
                    and d.day < p_to_day
            union all
            select
                d.subject_id,
                d.day,
                0,
                null,
                0,
                0,
                0,
                case when d.previous_day = '-infinity' then d.leads else 0 end,
                d.works,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0
            from rollup.people(p_workspace_id, p_subject_id) as m
            inner join rollup.worked_day as d
                on
                    d.workspace_id = p_workspace_id
                    and d.subject_id = m.subject_id
                    and d.day >= p_from_day
                    and d.day < p_to_day
            union all
            select
                d.subject_id,
                d.day,
                0,
                null,
                0,
                0,
                0,
                0,
                0,
                d.created,
                d.created_completed,
                d.completed,
                0,
                0,
                0,
                0,
                0,
                0
            from rollup.people(p_workspace_id, p_subject_id) as m
            inner join rollup.task_day as d
                on
                    d.workspace_id = p_workspace_id
                    and d.subject_id = m.subject_id
                    and d.day >= p_from_day
                    and d.day < p_to_day
            -- A day on which tasks were only due is no row.
            where d.created > 0 or d.completed > 0
            union all
            select
                d.subject_id,
                d.day,
                0,
                null,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                d.sent,
                d.opened,
                d.machine_opened,
                d.clicked,
                d.replied,
                d.bounced
            from rollup.people(p_workspace_id, p_subject_id) as m
            inner join rollup.campaign_day as d
                on
                    d.workspace_id = p_workspace_id
                    and d.subject_id = m.subject_id
                    and d.day >= p_from_day
                    and d.day < p_to_day
        ) as p
        group by p.day, p.subject_id
    ) as s
    cross join lateral rollup.sum_counts(s.source_leads) as c
$$;
alter function rollup.member_day_rows(uuid, uuid, date, date) owner to leadboard_rollup;

comment on function rollup.member_day_rows(uuid, uuid, date, date) is
'Definition of rollup.member_day for the local days [p_from_day, p_to_day): the rows of one member, or of all when p_subject_id is null.';
