-- Who worked a lead on a local day, how much, and on which day the same member had worked it
-- before: the definition of rollup.lead_work_day.
-- Grain: one row per lead, local day and member.
-- Reads: crm.tasks and crm.notes by creator, contact activities by actor. Work by nobody is no
-- work. Work days come from the window alone; the previous day of the first of them may lie before
-- it and is looked up in the lead's history, so a window shows exactly the rows the whole history
-- has. p_subject_id null means every lead. One statement without SET, so it inlines. Each kind of
-- work joins the members in the end, so that a cell begins with its lead, and a window of all leads
-- can begin with the members and the times.
create function rollup.lead_work_day_rows(
    p_workspace_id uuid, p_subject_id uuid, p_from_day date, p_to_day date
)
returns setof rollup.lead_work_day
language sql
stable
parallel safe
as $$
    select
        p_workspace_id as workspace_id,
        w.day,
        w.lead_id as subject_id,
        w.actor_id,
        coalesce(w.previous_in_window, h.day, '-infinity'::date) as previous_day,
        w.works
    from (
        select
            d.lead_id,
            d.actor_id,
            d.zone,
            d.day,
            d.works,
            lag(d.day) over (partition by d.lead_id, d.actor_id order by d.day)
                as previous_in_window
        from (
            select
                e.lead_id,
                e.actor_id,
                coalesce(b.timezone, w.timezone) as zone,
                app.local_day(e.at, coalesce(b.timezone, w.timezone)) as day,
                count(*) as works
            from crm.workspaces as w
            cross join (
                select
                    l.lead_id,
                    l.branch_id,
                    p.subject_id as actor_id,
                    x.created_at as at
                from rollup.leads(p_workspace_id, p_subject_id) as l
                inner join crm.tasks as x
                    on
                        x.workspace_id = p_workspace_id
                        and x.lead_id = l.lead_id
                        and x.created_at >= app.earliest_start(p_from_day)
                        and x.created_at < app.latest_end(p_to_day)
                inner join rollup.people(p_workspace_id, null) as p
                    on p.subject_id = x.created_by_user_id
                union all
                select
                    l.lead_id,
                    l.branch_id,
                    p.subject_id,
                    x.created_at
                from rollup.leads(p_workspace_id, p_subject_id) as l
                inner join crm.notes as x
                    on
                        x.workspace_id = p_workspace_id
                        and x.lead_id = l.lead_id
                        and x.created_at >= app.earliest_start(p_from_day)
                        and x.created_at < app.latest_end(p_to_day)
                inner join rollup.people(p_workspace_id, null) as p
                    on p.subject_id = x.created_by_user_id
                union all
                select
                    l.lead_id,
                    l.branch_id,
                    p.subject_id,
                    x.occurred_at
                from rollup.leads(p_workspace_id, p_subject_id) as l
                inner join crm.lead_activities as x
                    on
                        x.workspace_id = p_workspace_id
                        and x.lead_id = l.lead_id
                        and x.occurred_at >= app.earliest_start(p_from_day)
                        and x.occurred_at < app.latest_end(p_to_day)
                inner join rollup.people(p_workspace_id, null) as p
                    on p.subject_id = x.actor_user_id
                where crm.is_contact(x.type)
            ) as e
            left join crm.branches as b on b.workspace_id = p_workspace_id and b.id = e.branch_id
            where
                w.workspace_id = p_workspace_id
                and app.local_day(e.at, coalesce(b.timezone, w.timezone)) >= p_from_day
                and app.local_day(e.at, coalesce(b.timezone, w.timezone)) < p_to_day
            group by
                e.lead_id,
                e.actor_id,
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
                and t.created_by_user_id = w.actor_id
            union all
            select n.created_at
            from crm.notes as n
            where
                n.workspace_id = p_workspace_id
                and n.lead_id = w.lead_id
                and n.created_by_user_id = w.actor_id
            union all
            select a.occurred_at
            from crm.lead_activities as a
            where
                a.workspace_id = p_workspace_id
                and a.lead_id = w.lead_id
                and a.occurred_at < app.latest_end(w.day)
                and a.actor_user_id = w.actor_id
                and crm.is_contact(a.type)
        ) as x
        where
            -- Nothing to look up when the window has no beginning.
            p_from_day > '-infinity'::date
            and w.previous_in_window is null
            and app.local_day(x.at, w.zone) < w.day
    ) as h on true
$$;
alter function rollup.lead_work_day_rows(uuid, uuid, date, date) owner to leadboard_rollup;

comment on function rollup.lead_work_day_rows(uuid, uuid, date, date) is
'Definition of rollup.lead_work_day for the local days [p_from_day, p_to_day): the rows of one lead, or of all when p_subject_id is null.';
