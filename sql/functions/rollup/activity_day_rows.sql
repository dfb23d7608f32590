-- Activities by the local day they happened: the definition of rollup.activity_day.
-- Grain: one row per branch of the lead, actor, type and local day, where there are activities.
-- Reads: crm.lead_activities; the lead's branch says which zone dates an activity.
-- Two arms, because the actor's index holds the members and another one those without an actor; the
-- lead is joined in each, so that the size of the one does not spoil the plan of the other.
-- p_subject_id null means every actor and nobody. One statement without SET, so it inlines.
-- The actor's bounds stand with the activity too: without statistics a plan began with all
-- activities of the hours and asked for each whether the member was meant.
-- The lead of a fact is there, a foreign key says so; joined to the left, so that no plan, made
-- without statistics, begins with all leads of the workspace.
create function rollup.activity_day_rows(
    p_workspace_id uuid, p_subject_id uuid, p_from_day date, p_to_day date
)
returns setof rollup.activity_day
language sql
stable
parallel safe
as $$
    select
        w.workspace_id,
        app.local_day(a.occurred_at, coalesce(b.timezone, w.timezone)) as day,
        a.subject_id,
        coalesce(a.branch_id, app.nobody()) as branch_id,
        a.type,
        count(*) as activities,
        coalesce(sum(a.duration_seconds), 0)::bigint as duration_seconds
    from crm.workspaces as w
    cross join (
        select
            p.subject_id,
            l.branch_id,
            x.type,
            x.duration_seconds,
            x.occurred_at
        from rollup.people(p_workspace_id, p_subject_id) as p
        inner join crm.lead_activities as x
            on
                x.workspace_id = p_workspace_id
                and x.actor_user_id = p.subject_id
                and x.actor_user_id >= coalesce(p_subject_id, app.nobody())
                and x.actor_user_id
                <= coalesce(p_subject_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
                and x.occurred_at >= app.earliest_start(p_from_day)
                and x.occurred_at < app.latest_end(p_to_day)
        left join crm.leads as l on l.workspace_id = p_workspace_id and l.id = x.lead_id
        union all
        select
            app.nobody(),
            l.branch_id,
            x.type,
            x.duration_seconds,
            x.occurred_at
        from crm.lead_activities as x
        left join crm.leads as l on l.workspace_id = p_workspace_id and l.id = x.lead_id
        where
            coalesce(p_subject_id, app.nobody()) = app.nobody()
            and x.workspace_id = p_workspace_id
            and x.actor_user_id is null
            and x.occurred_at >= app.earliest_start(p_from_day)
            and x.occurred_at < app.latest_end(p_to_day)
    ) as a
    left join crm.branches as b on b.workspace_id = p_workspace_id and b.id = a.branch_id
    where
        w.workspace_id = p_workspace_id
        and app.local_day(a.occurred_at, coalesce(b.timezone, w.timezone)) >= p_from_day
        and app.local_day(a.occurred_at, coalesce(b.timezone, w.timezone)) < p_to_day
    group by
        w.workspace_id,
        app.local_day(a.occurred_at, coalesce(b.timezone, w.timezone)),
        a.subject_id,
        coalesce(a.branch_id, app.nobody()),
        a.type
$$;
alter function rollup.activity_day_rows(uuid, uuid, date, date) owner to leadboard_rollup;

comment on function rollup.activity_day_rows(uuid, uuid, date, date) is
'Definition of rollup.activity_day for the local days [p_from_day, p_to_day): the rows of one actor, or of all when p_subject_id is null.';
