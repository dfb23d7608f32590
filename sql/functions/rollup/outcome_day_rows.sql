-- Leads won and lost by the local day it happened: the definition of rollup.outcome_day.
-- Grain: one row per branch, credited owner, source and local day of an outcome that still stands.
-- Reads: crm.leads. A lead that was won and is lost now counts as lost only (crm.is_won); a lead
-- whose outcome has no time is on no day.
-- p_subject_id null means every owner and nobody. One statement without SET, so it inlines.
create function rollup.outcome_day_rows(
    p_workspace_id uuid, p_subject_id uuid, p_from_day date, p_to_day date
)
returns setof rollup.outcome_day
language sql
stable
parallel safe
as $$
    select
        w.workspace_id,
        app.local_day(o.at, coalesce(b.timezone, w.timezone)) as day,
        o.subject_id,
        coalesce(o.branch_id, app.nobody()) as branch_id,
        o.source,
        count(*) filter (where o.won) as won,
        count(*) filter (where not o.won) as lost,
        coalesce(sum(o.deal_value) filter (where o.won), 0) as revenue,
        coalesce(sum(o.price_at_purchase) filter (where o.won), 0) as price
    from crm.workspaces as w
    cross join (
        select
            s.subject_id,
            l.branch_id,
            l.source,
            true as won,
            l.won_at as at,
            l.deal_value,
            l.price_at_purchase
        from rollup.subjects(p_workspace_id, p_subject_id) as s
        inner join crm.leads as l
            on
                l.workspace_id = p_workspace_id
                and coalesce(l.credited_user_id, app.nobody()) = s.subject_id
                and l.won_at >= app.earliest_start(p_from_day)
                and l.won_at < app.latest_end(p_to_day)
        where crm.is_won(l.status, l.won_at)
        union all
        select
            s.subject_id,
            l.branch_id,
            l.source,
            false,
            l.lost_at,
            l.deal_value,
            l.price_at_purchase
        from rollup.subjects(p_workspace_id, p_subject_id) as s
        inner join crm.leads as l
            on
                l.workspace_id = p_workspace_id
                and coalesce(l.credited_user_id, app.nobody()) = s.subject_id
                and l.lost_at >= app.earliest_start(p_from_day)
                and l.lost_at < app.latest_end(p_to_day)
        where l.status = 'lost'
    ) as o
    left join crm.branches as b on b.workspace_id = p_workspace_id and b.id = o.branch_id
    where
        w.workspace_id = p_workspace_id
        and app.local_day(o.at, coalesce(b.timezone, w.timezone)) >= p_from_day
        and app.local_day(o.at, coalesce(b.timezone, w.timezone)) < p_to_day
    group by
        w.workspace_id,
        app.local_day(o.at, coalesce(b.timezone, w.timezone)),
        o.subject_id,
        coalesce(o.branch_id, app.nobody()),
        o.source
$$;
alter function rollup.outcome_day_rows(uuid, uuid, date, date) owner to leadboard_rollup;

comment on function rollup.outcome_day_rows(uuid, uuid, date, date) is
'Definition of rollup.outcome_day for the local days [p_from_day, p_to_day): the rows of one credited owner, or of all when p_subject_id is null.';
