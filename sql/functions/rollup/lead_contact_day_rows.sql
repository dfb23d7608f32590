-- How often the leads that came in on a local day were contacted: the definition of
-- rollup.lead_contact_day.
-- Grain: one row per branch, credited owner, source and local day of creation, where a lead was
-- contacted.
-- Reads: rollup.cohort and the leads' contact activities, whenever.
-- p_subject_id null means every owner and nobody. One statement without SET, so it inlines: a cell
-- is index probes, a whole workspace hash joins.
create function rollup.lead_contact_day_rows(
    p_workspace_id uuid, p_subject_id uuid, p_from_day date, p_to_day date
)
returns setof rollup.lead_contact_day
language sql
stable
parallel safe
as $$
    select
        p_workspace_id as workspace_id,
        x.day,
        x.subject_id,
        x.branch_id,
        x.source,
        sum(x.attempts)::bigint as contact_attempts,
        count(*) filter (where x.attempts >= 2) as leads_min_2_attempts
    from (
        select
            c.lead_id,
            c.day,
            c.subject_id,
            c.branch_id,
            c.source,
            count(*) as attempts
        from rollup.cohort(p_workspace_id, p_subject_id, p_from_day, p_to_day) as c
        inner join crm.lead_activities as a
            on a.workspace_id = p_workspace_id and a.lead_id = c.lead_id
        where crm.is_contact(a.type)
        group by c.lead_id, c.day, c.subject_id, c.branch_id, c.source
    ) as x
    group by x.day, x.subject_id, x.branch_id, x.source
$$;
alter function rollup.lead_contact_day_rows(uuid, uuid, date, date) owner to leadboard_rollup;

comment on function rollup.lead_contact_day_rows(uuid, uuid, date, date) is
'Definition of rollup.lead_contact_day for the local days [p_from_day, p_to_day): the rows of one credited owner, or of all when p_subject_id is null.';
