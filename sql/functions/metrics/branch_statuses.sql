-- In which status the leads of one branch were at a moment: the end of the local day before
-- p_to_day.
-- Grain: one row per status that a lead was in.
-- leads: all leads of the branch that had come in by then. new_leads: of those, the ones that came
-- in on the local days [p_from_day, p_to_day).
--
-- A lead that has not changed since is in the status it has now; of the others the history says it.
-- So the cost is that of counting the leads of the branch in an index, and of what changed in the
-- workspace since the moment: little for a report of yesterday, the more the longer ago it is.
-- docs/decisions/0017.
-- Reads: crm.leads by index leads_branch_status; crm.lead_status_history since the moment by index
-- lead_status_history_changed_at, and of the leads found there the last row before it, by index
-- lead_status_history_lead_id.
create function metrics.branch_statuses(
    p_workspace_id uuid, p_branch_id uuid, p_from_day date, p_to_day date
)
returns table (status text, leads bigint, new_leads bigint)
language plpgsql
stable
parallel safe
-- How much changed since is known only with the moment.
set plan_cache_mode = force_custom_plan
as $$
declare
    v_began_at timestamptz;
    v_ended_at timestamptz;
begin
    select
        app.day_start(p_from_day, coalesce(b.timezone, w.timezone)),
        app.day_start(p_to_day, coalesce(b.timezone, w.timezone))
    into v_began_at, v_ended_at
    from crm.workspaces as w
    inner join crm.branches as b on b.workspace_id = w.workspace_id
    where w.workspace_id = p_workspace_id and b.id = p_branch_id;

    return query
    with changed as (
        select distinct h.lead_id
        from crm.lead_status_history as h
        where h.workspace_id = p_workspace_id and h.changed_at >= v_ended_at
    ),

    leads as (
        select
            l.created_at >= v_began_at as is_new,
            case
                when c.lead_id is null then l.status
                else coalesce(
                    (
                        select h.status
                        from crm.lead_status_history as h
                        where
                            h.workspace_id = p_workspace_id
                            and h.lead_id = l.id
                            and h.changed_at < v_ended_at
                        order by h.changed_at desc, h.id desc
                        limit 1
                    ),
                    'new'
                )
            end as status
        from crm.leads as l
        left join changed as c on c.lead_id = l.id
        where
            l.workspace_id = p_workspace_id
            and l.branch_id = p_branch_id
            and l.created_at < v_ended_at
    )

    select
        l.status,
        count(*),
        count(*) filter (where l.is_new)
    from leads as l
    group by l.status;
end
$$;
alter function metrics.branch_statuses(uuid, uuid, date, date) owner to leadboard_view;
grant execute on function metrics.branch_statuses(uuid, uuid, date, date) to leadboard_rollup;

comment on function metrics.branch_statuses(uuid, uuid, date, date) is
'Leads of a branch by their status at the end of the local days [p_from_day, p_to_day): all that had come in by then, and the new ones.';
