-- The leads that came in on the local days [p_from_day, p_to_day), each with its day, in the zone
-- of its branch, and with whom it is credited to.
-- Grain: one row per lead.
-- p_subject_id null means every owner and nobody. One statement without SET, so it inlines: what is
-- not asked for costs nothing. Of one condition on the day the planner expects half of the rows to
-- meet it, of two a ninth: too few for hash joins.
create function rollup.cohort(
    p_workspace_id uuid, p_subject_id uuid, p_from_day date, p_to_day date
)
returns table (
    lead_id uuid,
    day date,
    subject_id uuid,
    branch_id uuid,
    source text,
    status text,
    created_at timestamptz,
    assigned_at timestamptz,
    accepted_at timestamptz,
    rejected_at timestamptz,
    first_contact_at timestamptz,
    interested_at timestamptz,
    won_at timestamptz,
    deal_value numeric,
    price_at_purchase numeric
)
language sql
stable
parallel safe
as $$
    select
        l.id as lead_id,
        app.local_day(l.created_at, coalesce(b.timezone, w.timezone)) as day,
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
        l.won_at,
        l.deal_value,
        l.price_at_purchase
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
        and case
            when app.local_day(l.created_at, coalesce(b.timezone, w.timezone)) >= p_from_day
                then app.local_day(l.created_at, coalesce(b.timezone, w.timezone)) < p_to_day
        end
$$;
alter function rollup.cohort(uuid, uuid, date, date) owner to leadboard_rollup;

comment on function rollup.cohort(uuid, uuid, date, date) is
'Leads that came in on the local days [p_from_day, p_to_day), each with its day: those of one credited owner, or of all when p_subject_id is null.';
