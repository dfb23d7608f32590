-- Leads a member worked on a local day, by the day before on which the same member had worked the
-- same lead: the definition of rollup.worked_day.
-- Grain: one row per member, local day and previous day, -infinity where there is none.
-- Reads: the stored rows of rollup.lead_work_day, never a fact: it is written after them
-- (rollup.families, level). p_subject_id null means every member. One statement without SET, so it
-- inlines.
create function rollup.worked_day_rows(
    p_workspace_id uuid, p_subject_id uuid, p_from_day date, p_to_day date
)
returns setof rollup.worked_day
language sql
stable
parallel safe
as $$
    select
        p_workspace_id as workspace_id,
        d.day,
        d.actor_id as subject_id,
        d.previous_day,
        count(*) as leads,
        sum(d.works)::bigint as works
    from rollup.people(p_workspace_id, p_subject_id) as m
    inner join rollup.lead_work_day as d
        on
            d.workspace_id = p_workspace_id
            and d.actor_id = m.subject_id
            and d.day >= p_from_day
            and d.day < p_to_day
    group by d.day, d.actor_id, d.previous_day
$$;
alter function rollup.worked_day_rows(uuid, uuid, date, date) owner to leadboard_rollup;

comment on function rollup.worked_day_rows(uuid, uuid, date, date) is
'Definition of rollup.worked_day for the local days [p_from_day, p_to_day): the rows of one member, or of all when p_subject_id is null.';
