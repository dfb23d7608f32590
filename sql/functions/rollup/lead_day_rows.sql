-- What became of the leads that came in on a local day: the definition of rollup.lead_day.
-- Grain: one row per branch, credited owner, source and local day of creation, where there are
-- leads.
-- Reads: crm.leads, and of each lead its contact activities, complaints and ratings, whenever.
-- Cohort: a figure moves when anything happens to a lead of the day, however late. A duration that
-- would end before it began (a contact logged for before the lead came in) counts as 0.
-- p_subject_id null means every owner and nobody. One statement without SET, so it inlines;
-- contacts, complaints and ratings are joined to the cohort, so that a cell is index probes and a
-- whole workspace is hash joins.
create function rollup.lead_day_rows(
    p_workspace_id uuid, p_subject_id uuid, p_from_day date, p_to_day date
)
returns setof rollup.lead_day
language sql
stable
parallel safe
as $$
    with cohort as (
        select
            l.id,
            s.subject_id,
            coalesce(l.branch_id, app.nobody()) as branch_id,
            l.source,
            l.status,
            l.created_at,
            l.assigned_at,
            l.accepted_at,
            l.rejected_at,
            l.first_contact_at,
            l.interested_at,
            l.deal_value,
            l.price_at_purchase,
            app.local_day(l.created_at, coalesce(b.timezone, w.timezone)) as day,
            crm.is_won(l.status, l.won_at) as is_won
        from crm.workspaces as w
        cross join rollup.subjects(p_workspace_id, p_subject_id) as s
        inner join crm.leads as l
            on
                l.workspace_id = p_workspace_id
                and coalesce(l.credited_user_id, app.nobody()) = s.subject_id
                and l.created_at >= app.earliest_start(p_from_day)
                and l.created_at < app.latest_end(p_to_day)
        left join crm.branches as b on b.workspace_id = p_workspace_id and b.id = l.branch_id
        where
            w.workspace_id = p_workspace_id
            and app.local_day(l.created_at, coalesce(b.timezone, w.timezone)) >= p_from_day
            and app.local_day(l.created_at, coalesce(b.timezone, w.timezone)) < p_to_day
    ),

    contacts as (
        select
            c.id,
            count(*) as attempts
        from cohort as c
        inner join crm.lead_activities as a on a.workspace_id = p_workspace_id and a.lead_id = c.id
        where crm.is_contact(a.type)
        group by c.id
    ),

    complaints as (
        select
            c.id,
            count(*) as complaints
        from cohort as c
        inner join crm.support_tickets as t on t.workspace_id = p_workspace_id and t.lead_id = c.id
        where t.type = 'complaint'
        group by c.id
    ),

    ratings as (
        select
            c.id,
            count(*) as ratings,
            sum(f.rating) as rating_sum
        from cohort as c
        inner join crm.lead_feedback as f on f.workspace_id = p_workspace_id and f.lead_id = c.id
        group by c.id
    )

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
            where c.first_contact_at is not null or c.interested_at is not null or c.is_won
        ) as reached_contacted,
        count(*) filter (where c.interested_at is not null or c.is_won) as reached_interested,
        count(*) filter (where c.is_won) as won,
        count(*) filter (where c.status = 'lost') as lost,
        coalesce(sum(c.deal_value) filter (where c.is_won), 0) as won_value,
        count(c.deal_value) filter (where c.is_won) as won_valued,
        coalesce(sum(c.price_at_purchase) filter (where c.is_won), 0) as won_price,
        count(c.price_at_purchase) filter (where c.is_won) as won_priced,
        coalesce(sum(a.attempts), 0)::bigint as contact_attempts,
        count(*) filter (where a.attempts >= 2) as leads_min_2_attempts,
        coalesce(sum(t.complaints), 0)::bigint as complaints,
        coalesce(sum(f.ratings), 0)::bigint as ratings,
        coalesce(sum(f.rating_sum), 0)::bigint as rating_sum
    from cohort as c
    left join contacts as a on a.id = c.id
    left join complaints as t on t.id = c.id
    left join ratings as f on f.id = c.id
    group by c.day, c.subject_id, c.branch_id, c.source
$$;
alter function rollup.lead_day_rows(uuid, uuid, date, date) owner to leadboard_rollup;

comment on function rollup.lead_day_rows(uuid, uuid, date, date) is
'Definition of rollup.lead_day for the local days [p_from_day, p_to_day): the rows of one credited owner, or of all when p_subject_id is null.';
