-- What became of the leads that came in on a local day: the definition of rollup.lead_day.
-- Grain: one row per branch, credited owner, source and local day of creation, where there are
-- leads.
-- Reads: rollup.cohort. What others did with the leads is in lead_contact_day and lead_service_day.
-- Cohort: a figure moves when anything happens to a lead of the day, however late. A duration that
-- would end before it began (a contact logged for before the lead came in) counts as 0.
-- p_subject_id null means every owner and nobody. One statement without SET, so it inlines.
create function rollup.lead_day_rows(
    p_workspace_id uuid, p_subject_id uuid, p_from_day date, p_to_day date
)
returns setof rollup.lead_day
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
        count(*) as leads,
        count(c.assigned_at) as assigned,
        count(c.accepted_at) as accepted,
        count(c.rejected_at) as rejected,
        coalesce(
            sum(greatest(extract(epoch from c.accepted_at - c.created_at), 0))
                filter (where c.accepted_at is not null),
            0
        ) as acceptance_seconds,
        count(c.first_contact_at) as contacted,
        count(*) filter (where c.first_contact_at <= c.created_at + interval '1 hour')
            as contacted_1h,
        count(*) filter (where c.first_contact_at <= c.created_at + interval '24 hours')
            as contacted_24h,
        coalesce(
            sum(greatest(extract(epoch from c.first_contact_at - c.created_at), 0))
                filter (where c.first_contact_at is not null),
            0
        ) as response_seconds,
        count(*) filter (
            where c.first_contact_at is not null
            or c.interested_at is not null
            or crm.is_won(c.status, c.won_at)
        ) as reached_contacted,
        count(*) filter (where c.interested_at is not null or crm.is_won(c.status, c.won_at))
            as reached_interested,
        count(*) filter (where crm.is_won(c.status, c.won_at)) as won,
        count(*) filter (where c.status = 'lost') as lost,
        coalesce(sum(c.deal_value) filter (where crm.is_won(c.status, c.won_at)), 0) as won_value,
        count(c.deal_value) filter (where crm.is_won(c.status, c.won_at)) as won_valued,
        coalesce(sum(c.price_at_purchase) filter (where crm.is_won(c.status, c.won_at)), 0)
            as won_price,
        count(c.price_at_purchase) filter (where crm.is_won(c.status, c.won_at)) as won_priced
    from rollup.cohort(p_workspace_id, p_subject_id, p_from_day, p_to_day) as c
    group by c.day, c.subject_id, c.branch_id, c.source
$$;
alter function rollup.lead_day_rows(uuid, uuid, date, date) owner to leadboard_rollup;

comment on function rollup.lead_day_rows(uuid, uuid, date, date) is
'Definition of rollup.lead_day for the local days [p_from_day, p_to_day): the rows of one credited owner, or of all when p_subject_id is null.';
