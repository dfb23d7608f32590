-- Ratings given to and tickets opened about a member, by local day: the definition of
-- rollup.service_day.
-- Grain: one row per member and local day on which there was one.
-- Reads: crm.lead_feedback and crm.support_tickets; the lead's branch says which zone dates them.
-- What names no member is not counted.
-- p_subject_id null means every member. One statement without SET, so it inlines.
-- The lead of a fact is there, a foreign key says so; joined to the left, so that no plan, made
-- without statistics, begins with all leads of the workspace.
create function rollup.service_day_rows(
    p_workspace_id uuid, p_subject_id uuid, p_from_day date, p_to_day date
)
returns setof rollup.service_day
language sql
stable
parallel safe
as $$
    select
        w.workspace_id,
        app.local_day(x.created_at, coalesce(b.timezone, w.timezone)) as day,
        x.subject_id,
        count(x.rating) as ratings,
        coalesce(sum(x.rating), 0)::bigint as rating_sum,
        count(x.type) as tickets,
        count(*) filter (where x.type = 'complaint') as complaints,
        count(*) filter (where x.type = 'complaint' and x.upheld) as upheld_complaints
    from crm.workspaces as w
    cross join (
        select
            p.subject_id,
            f.lead_id,
            f.created_at,
            f.rating,
            null::text as type,
            null::boolean as upheld
        from rollup.people(p_workspace_id, p_subject_id) as p
        inner join crm.lead_feedback as f
            on
                f.workspace_id = p_workspace_id
                and f.user_id = p.subject_id
                and f.created_at >= app.earliest_start(p_from_day)
                and f.created_at < app.latest_end(p_to_day)
        union all
        select
            p.subject_id,
            t.lead_id,
            t.created_at,
            null::integer,
            t.type,
            t.upheld
        from rollup.people(p_workspace_id, p_subject_id) as p
        inner join crm.support_tickets as t
            on
                t.workspace_id = p_workspace_id
                and t.user_id = p.subject_id
                and t.created_at >= app.earliest_start(p_from_day)
                and t.created_at < app.latest_end(p_to_day)
    ) as x
    left join crm.leads as l on l.workspace_id = p_workspace_id and l.id = x.lead_id
    left join crm.branches as b on b.workspace_id = p_workspace_id and b.id = l.branch_id
    where
        w.workspace_id = p_workspace_id
        and app.local_day(x.created_at, coalesce(b.timezone, w.timezone)) >= p_from_day
        and app.local_day(x.created_at, coalesce(b.timezone, w.timezone)) < p_to_day
    group by
        w.workspace_id,
        app.local_day(x.created_at, coalesce(b.timezone, w.timezone)),
        x.subject_id
$$;
alter function rollup.service_day_rows(uuid, uuid, date, date) owner to leadboard_rollup;

comment on function rollup.service_day_rows(uuid, uuid, date, date) is
'Definition of rollup.service_day for the local days [p_from_day, p_to_day): the rows of one member, or of all when p_subject_id is null.';
