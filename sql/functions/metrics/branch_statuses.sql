-- In which status the leads of one branch were at a moment: the end of the local day before
-- p_to_day.
-- Grain: one row per status that a lead was in.
-- leads: all leads of the branch that had come in by then. new_leads: of those, the ones that came
-- in on the local days [p_from_day, p_to_day).
-- Reads: crm.leads, and of each lead its last row of crm.lead_status_history before the moment, by
-- index lead_status_history_lead_id: the one part of a report whose cost follows all leads of the
-- branch.
create function metrics.branch_statuses(
    p_workspace_id uuid, p_branch_id uuid, p_from_day date, p_to_day date
)
returns table (status text, leads bigint, new_leads bigint)
language sql
stable
parallel safe
as $$
    with bounds as (
        select
            app.day_start(p_from_day, coalesce(b.timezone, w.timezone)) as began_at,
            app.day_start(p_to_day, coalesce(b.timezone, w.timezone)) as ended_at
        from crm.workspaces as w
        inner join crm.branches as b on b.workspace_id = w.workspace_id
        where w.workspace_id = p_workspace_id and b.id = p_branch_id
    ),

    leads as (
        select
            l.created_at >= t.began_at as is_new,
            coalesce(
                (
                    select h.status
                    from crm.lead_status_history as h
                    where
                        h.workspace_id = p_workspace_id
                        and h.lead_id = l.id
                        and h.changed_at < t.ended_at
                    order by h.changed_at desc, h.id desc
                    limit 1
                ),
                'new'
            ) as status
        from bounds as t
        inner join crm.leads as l
            on
                l.workspace_id = p_workspace_id
                and l.branch_id = p_branch_id
                and l.created_at < t.ended_at
    )

    select
        l.status,
        count(*),
        count(*) filter (where l.is_new)
    from leads as l
    group by l.status
$$;
alter function metrics.branch_statuses(uuid, uuid, date, date) owner to leadboard_view;
grant execute on function metrics.branch_statuses(uuid, uuid, date, date) to leadboard_rollup;

comment on function metrics.branch_statuses(uuid, uuid, date, date) is
'Leads of a branch by their status at the end of the local days [p_from_day, p_to_day): all that had come in by then, and the new ones.';
