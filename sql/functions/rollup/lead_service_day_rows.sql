-- What the leads that came in on a local day said: the definition of rollup.lead_service_day.
-- Grain: one row per branch, credited owner, source and local day of creation, where a lead
-- complained or rated.
-- Reads: rollup.cohort and the leads' complaints and ratings, whenever.
-- p_subject_id null means every owner and nobody. One statement without SET, so it inlines: a cell
-- is index probes, a whole workspace hash joins. An arm with a condition of its own would be read
-- whole for each lead.
create function rollup.lead_service_day_rows(
    p_workspace_id uuid, p_subject_id uuid, p_from_day date, p_to_day date
)
returns setof rollup.lead_service_day
language sql
stable
parallel safe
as $$
    select
        p_workspace_id as workspace_id,
        c.day,
        c.subject_id,
        c.branch_id,
        c.source,
        count(x.complaints) as complaints,
        count(x.ratings) as ratings,
        coalesce(sum(x.rating), 0) as rating_sum
    from rollup.cohort(p_workspace_id, p_subject_id, p_from_day, p_to_day) as c
    inner join (
        select
            t.workspace_id,
            t.lead_id,
            case when t.type = 'complaint' then 1 end as complaints,
            null::integer as ratings,
            null::integer as rating
        from crm.support_tickets as t
        union all
        select
            f.workspace_id,
            f.lead_id,
            null,
            1,
            f.rating
        from crm.lead_feedback as f
    ) as x on x.workspace_id = p_workspace_id and x.lead_id = c.lead_id
    where x.complaints is not null or x.ratings is not null
    group by c.day, c.subject_id, c.branch_id, c.source
$$;
alter function rollup.lead_service_day_rows(uuid, uuid, date, date) owner to leadboard_rollup;

comment on function rollup.lead_service_day_rows(uuid, uuid, date, date) is
'Definition of rollup.lead_service_day for the local days [p_from_day, p_to_day): the rows of one credited owner, or of all when p_subject_id is null.';
