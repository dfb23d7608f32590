-- Who worked a lead on a local day, how much, and on which day the same member had worked it
-- before: the definition of rollup.lead_work_day.
-- Grain: one row per lead, local day and member.
-- Reads: rollup.work_on_lead, or work_of_members when p_subject_id is null, which means every lead.
-- Work days come from the window alone; the previous day of the first of them may lie before it and
-- is looked up in the lead's history, so a window shows exactly the rows the whole history has. One
-- statement without SET, so it inlines.
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
                    l.id as lead_id,
                    l.branch_id,
                    x.actor_id,
                    x.at
                from crm.leads as l
                cross join rollup.work_on_lead(
                    p_workspace_id,
                    p_subject_id,
                    app.earliest_start(p_from_day),
                    app.latest_end(p_to_day)
                ) as x
                where l.workspace_id = p_workspace_id and l.id = p_subject_id
                union all
                select
                    l.id,
                    l.branch_id,
                    x.actor_id,
                    x.at
                from rollup.work_of_members(
                    p_workspace_id, app.earliest_start(p_from_day), app.latest_end(p_to_day)
                ) as x
                inner join crm.leads as l on l.workspace_id = p_workspace_id and l.id = x.lead_id
                where p_subject_id is null
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
        from rollup.work_on_lead(
            p_workspace_id, w.lead_id, '-infinity', app.latest_end(w.day)
        ) as x
        where
            -- Nothing to look up when the window has no beginning.
            p_from_day > '-infinity'::date
            and w.previous_in_window is null
            and x.actor_id = w.actor_id
            and app.local_day(x.at, w.zone) < w.day
    ) as h on true
$$;
alter function rollup.lead_work_day_rows(uuid, uuid, date, date) owner to leadboard_rollup;

comment on function rollup.lead_work_day_rows(uuid, uuid, date, date) is
'Definition of rollup.lead_work_day for the local days [p_from_day, p_to_day): the rows of one lead, or of all when p_subject_id is null.';
