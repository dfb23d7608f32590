-- What became of the leads that came in on a local day: the definition of rollup.lead_day.
-- Grain: one row per branch, credited owner, source and local day of creation, where there are leads.
-- Reads: crm.leads, and of each lead its contact activities, complaints and ratings, whenever.
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
        l.workspace_id,
        app.local_day(l.created_at, coalesce(b.timezone, w.timezone)) as day,
        s.subject_id,
        coalesce(l.branch_id, app.nobody()) as branch_id,
        l.source,
        count(*) as leads,
        count(l.assigned_at) as assigned,
        count(l.accepted_at) as accepted,
        count(l.rejected_at) as rejected,
        coalesce(
            sum(greatest(extract(epoch from l.accepted_at - l.created_at), 0))
                filter (where l.accepted_at is not null),
            0
        ) as acceptance_seconds,
        count(l.first_contact_at) as contacted,
        count(*) filter (where l.first_contact_at <= l.created_at + interval '1 hour')
            as contacted_1h,
        count(*) filter (where l.first_contact_at <= l.created_at + interval '24 hours')
            as contacted_24h,
        coalesce(
            sum(greatest(extract(epoch from l.first_contact_at - l.created_at), 0))
                filter (where l.first_contact_at is not null),
            0
        ) as response_seconds,
        count(*) filter (
            where
            l.first_contact_at is not null
            or l.interested_at is not null
            or crm.is_won(l.status, l.won_at)
        ) as reached_contacted,
        count(*) filter (where l.interested_at is not null or crm.is_won(l.status, l.won_at))
            as reached_interested,
        count(*) filter (where crm.is_won(l.status, l.won_at)) as won,
        count(*) filter (where l.status = 'lost') as lost,
        coalesce(sum(l.deal_value) filter (where crm.is_won(l.status, l.won_at)), 0) as won_value,
        count(l.deal_value) filter (where crm.is_won(l.status, l.won_at)) as won_valued,
        coalesce(sum(l.price_at_purchase) filter (where crm.is_won(l.status, l.won_at)), 0)
            as won_price,
        count(l.price_at_purchase) filter (where crm.is_won(l.status, l.won_at)) as won_priced,
        coalesce(sum(a.attempts), 0)::bigint as contact_attempts,
        count(*) filter (where a.attempts >= 2) as leads_min_2_attempts,
        coalesce(sum(t.complaints), 0)::bigint as complaints,
        coalesce(sum(f.ratings), 0)::bigint as ratings,
        coalesce(sum(f.rating_sum), 0)::bigint as rating_sum
    from crm.workspaces as w
    cross join rollup.subjects(p_workspace_id, p_subject_id) as s
    inner join crm.leads as l
        on
            l.workspace_id = p_workspace_id
            and coalesce(l.credited_user_id, app.nobody()) = s.subject_id
            and l.created_at >= app.earliest_start(p_from_day)
            and l.created_at < app.latest_end(p_to_day)
    left join crm.branches as b on b.workspace_id = p_workspace_id and b.id = l.branch_id
    cross join lateral (
        select count(*) as attempts
        from crm.lead_activities as x
        where
            x.workspace_id = p_workspace_id
            and x.lead_id = l.id
            and crm.is_contact(x.type)
    ) as a
    cross join lateral (
        select count(*) as complaints
        from crm.support_tickets as x
        where
            x.workspace_id = p_workspace_id
            and x.lead_id = l.id
            and x.type = 'complaint'
    ) as t
    cross join lateral (
        select
            count(*) as ratings,
            sum(x.rating) as rating_sum
        from crm.lead_feedback as x
        where
            x.workspace_id = p_workspace_id
            and x.lead_id = l.id
    ) as f
    where
        w.workspace_id = p_workspace_id
        and app.local_day(l.created_at, coalesce(b.timezone, w.timezone)) >= p_from_day
        and app.local_day(l.created_at, coalesce(b.timezone, w.timezone)) < p_to_day
    group by
        l.workspace_id,
        app.local_day(l.created_at, coalesce(b.timezone, w.timezone)),
        s.subject_id,
        coalesce(l.branch_id, app.nobody()),
        l.source
$$;
alter function rollup.lead_day_rows(uuid, uuid, date, date) owner to leadboard_rollup;

comment on function rollup.lead_day_rows(uuid, uuid, date, date) is
'Definition of rollup.lead_day for the local days [p_from_day, p_to_day): the rows of one credited owner, or of all when p_subject_id is null.';
