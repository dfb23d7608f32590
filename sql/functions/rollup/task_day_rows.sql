-- Tasks by the local day they were created, completed and due: the definition of rollup.task_day.
-- Grain: one row per member and local day on which any of the three happened.
-- Reads: crm.tasks; the lead's branch says which zone dates a task. A task without a creator, a
-- completer or an assignee counts for nobody in that measure. A cancelled task is not due.
-- p_subject_id null means every member. One statement without SET, so it inlines.
-- The lead of a fact is there, a foreign key says so; joined to the left, so that no plan, made
-- without statistics, begins with all leads of the workspace.
create function rollup.task_day_rows(
    p_workspace_id uuid, p_subject_id uuid, p_from_day date, p_to_day date
)
returns setof rollup.task_day
language sql
stable
parallel safe
as $$
    select
        w.workspace_id,
        app.local_day(t.at, coalesce(b.timezone, w.timezone)) as day,
        t.subject_id,
        count(*) filter (where t.part = 'created') as created,
        count(*) filter (where t.part = 'created' and t.completed_at is not null)
            as created_completed,
        count(*) filter (where t.part = 'completed') as completed,
        count(*) filter (where t.part = 'due') as due,
        count(*) filter (where t.part = 'due' and t.completed_at <= t.at) as done_on_time
    from crm.workspaces as w
    cross join (
        select
            p.subject_id,
            x.lead_id,
            'created' as part,
            x.created_at as at,
            x.completed_at
        from rollup.people(p_workspace_id, p_subject_id) as p
        inner join crm.tasks as x
            on
                x.workspace_id = p_workspace_id
                and x.created_by_user_id = p.subject_id
                and x.created_at >= app.earliest_start(p_from_day)
                and x.created_at < app.latest_end(p_to_day)
        union all
        select
            p.subject_id,
            x.lead_id,
            'completed',
            x.completed_at,
            x.completed_at
        from rollup.people(p_workspace_id, p_subject_id) as p
        inner join crm.tasks as x
            on
                x.workspace_id = p_workspace_id
                and x.completed_by_user_id = p.subject_id
                and x.completed_at >= app.earliest_start(p_from_day)
                and x.completed_at < app.latest_end(p_to_day)
        union all
        select
            p.subject_id,
            x.lead_id,
            'due',
            x.due_at,
            x.completed_at
        from rollup.people(p_workspace_id, p_subject_id) as p
        inner join crm.tasks as x
            on
                x.workspace_id = p_workspace_id
                and x.assigned_to_user_id = p.subject_id
                and x.due_at >= app.earliest_start(p_from_day)
                and x.due_at < app.latest_end(p_to_day)
                and x.cancelled_at is null
    ) as t
    left join crm.leads as l on l.workspace_id = p_workspace_id and l.id = t.lead_id
    left join crm.branches as b on b.workspace_id = p_workspace_id and b.id = l.branch_id
    where
        w.workspace_id = p_workspace_id
        and app.local_day(t.at, coalesce(b.timezone, w.timezone)) >= p_from_day
        and app.local_day(t.at, coalesce(b.timezone, w.timezone)) < p_to_day
    group by
        w.workspace_id,
        app.local_day(t.at, coalesce(b.timezone, w.timezone)),
        t.subject_id
$$;
alter function rollup.task_day_rows(uuid, uuid, date, date) owner to leadboard_rollup;

comment on function rollup.task_day_rows(uuid, uuid, date, date) is
'Definition of rollup.task_day for the local days [p_from_day, p_to_day): the rows of one member, or of all when p_subject_id is null.';
