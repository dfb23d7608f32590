-- Leads a member worked on a local day, by the day before on which the same member had worked the
-- same lead: the definition of rollup.worked_day.
-- Grain: one row per member, local day and previous day, -infinity where there is none.
-- Reads: crm.tasks and crm.notes by creator, contact activities by actor. Work by nobody is no
-- work. Work days come from the window alone; the previous day of the first of them may lie before
-- it and is looked up in the lead's history, so a window shows exactly the rows the whole history
-- has. p_subject_id null means every member. One statement without SET, so it inlines.
-- The lead of a fact is there, a foreign key says so; joined to the left, so that no plan, made
-- without statistics, begins with all leads of the workspace.
create function rollup.worked_day_rows(
    p_workspace_id uuid, p_subject_id uuid, p_from_day date, p_to_day date
)
returns setof rollup.worked_day
language sql
stable
parallel safe
as $$
    select
        w.workspace_id,
        w.day,
        w.subject_id,
        coalesce(
            w.previous_in_window,
            h.day,
            '-infinity'::date
        ) as previous_day,
        count(*) as leads,
        sum(w.works)::bigint as works
    from (
        select
            d.workspace_id,
            d.subject_id,
            d.lead_id,
            d.zone,
            d.day,
            d.works,
            lag(d.day) over (partition by d.subject_id, d.lead_id order by d.day)
                as previous_in_window
        from (
            select
                w.workspace_id,
                e.subject_id,
                e.lead_id,
                coalesce(b.timezone, w.timezone) as zone,
                app.local_day(e.at, coalesce(b.timezone, w.timezone)) as day,
                count(*) as works
            from crm.workspaces as w
            cross join (
                select
                    p.subject_id,
                    x.lead_id,
                    x.created_at as at
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
                    x.created_at
                from rollup.people(p_workspace_id, p_subject_id) as p
                inner join crm.notes as x
                    on
                        x.workspace_id = p_workspace_id
                        and x.created_by_user_id = p.subject_id
                        and x.created_at >= app.earliest_start(p_from_day)
                        and x.created_at < app.latest_end(p_to_day)
                union all
                select
                    p.subject_id,
                    x.lead_id,
                    x.occurred_at
                from rollup.people(p_workspace_id, p_subject_id) as p
                inner join crm.lead_activities as x
                    on
                        x.workspace_id = p_workspace_id
                        and x.actor_user_id = p.subject_id
                        and x.occurred_at >= app.earliest_start(p_from_day)
                        and x.occurred_at < app.latest_end(p_to_day)
                where crm.is_contact(x.type)
            ) as e
            left join crm.leads as l on l.workspace_id = p_workspace_id and l.id = e.lead_id
            left join crm.branches as b on b.workspace_id = p_workspace_id and b.id = l.branch_id
            where
                w.workspace_id = p_workspace_id
                and app.local_day(e.at, coalesce(b.timezone, w.timezone)) >= p_from_day
                and app.local_day(e.at, coalesce(b.timezone, w.timezone)) < p_to_day
            group by
                w.workspace_id,
                e.subject_id,
                e.lead_id,
                coalesce(b.timezone, w.timezone),
                app.local_day(e.at, coalesce(b.timezone, w.timezone))
        ) as d
    ) as w
    left join lateral (
        select max(app.local_day(x.at, w.zone)) as day
        from (
            select t.created_at as at
            from crm.tasks as t
            where
                t.workspace_id = p_workspace_id
                and t.lead_id = w.lead_id
                and t.created_by_user_id = w.subject_id
            union all
            select n.created_at
            from crm.notes as n
            where
                n.workspace_id = p_workspace_id
                and n.lead_id = w.lead_id
                and n.created_by_user_id = w.subject_id
            union all
            select a.occurred_at
            from crm.lead_activities as a
            where
                a.workspace_id = p_workspace_id
                and a.lead_id = w.lead_id
                and a.occurred_at < app.latest_end(w.day)
                and a.actor_user_id = w.subject_id
                and crm.is_contact(a.type)
        ) as x
        where
            -- Nothing to look up when the window has no beginning.
            p_from_day > '-infinity'::date
            and w.previous_in_window is null
            and app.local_day(x.at, w.zone) < w.day
    ) as h on true
    group by
        w.workspace_id,
        w.day,
        w.subject_id,
        coalesce(w.previous_in_window, h.day, '-infinity'::date)
$$;
alter function rollup.worked_day_rows(uuid, uuid, date, date) owner to leadboard_rollup;

comment on function rollup.worked_day_rows(uuid, uuid, date, date) is
'Definition of rollup.worked_day for the local days [p_from_day, p_to_day): the rows of one member, or of all when p_subject_id is null.';
