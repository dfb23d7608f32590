-- What one person did on each local day of [p_from_day, p_to_day): for the charts of a rep's page.
-- Grain: one row per local day, with zeros where nothing happened.
-- Reads: rollup.lead_day, task_day, campaign_day: new leads by the day they came in, tasks by the
-- day they were completed, replies by the day of sending.
-- Definer: reads everything of the person, for the functions of leadboard_view, which ask first
-- whose figures the caller may see.
create function metrics.rep_days(
    p_workspace_id uuid, p_user_id uuid, p_from_day date, p_to_day date
)
returns table (day date, new_leads bigint, tasks_completed bigint, replies bigint)
language sql
stable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        g.day::date as day,
        coalesce(c.leads, 0)::bigint as new_leads,
        coalesce(t.completed, 0)::bigint as tasks_completed,
        coalesce(s.replied, 0)::bigint as replies
    from generate_series(p_from_day::timestamp, p_to_day - 1, interval '1 day') as g (day)
    left join (
        select
            d.day,
            sum(d.leads) as leads
        from rollup.lead_day as d
        where
            d.workspace_id = p_workspace_id
            and d.subject_id = p_user_id
            and d.day >= p_from_day
            and d.day < p_to_day
        group by d.day
    ) as c on c.day = g.day::date
    left join (
        select
            d.day,
            sum(d.completed) as completed
        from rollup.task_day as d
        where
            d.workspace_id = p_workspace_id
            and d.subject_id = p_user_id
            and d.day >= p_from_day
            and d.day < p_to_day
        group by d.day
    ) as t on t.day = g.day::date
    left join (
        select
            d.day,
            sum(d.replied) as replied
        from rollup.campaign_day as d
        where
            d.workspace_id = p_workspace_id
            and d.subject_id = p_user_id
            and d.day >= p_from_day
            and d.day < p_to_day
        group by d.day
    ) as s on s.day = g.day::date
    order by g.day
$$;
alter function metrics.rep_days(uuid, uuid, date, date) owner to leadboard_rollup;
grant execute on function metrics.rep_days(uuid, uuid, date, date) to leadboard_view;

comment on function metrics.rep_days(uuid, uuid, date, date) is
'New leads, completed tasks and replies of one person per local day of [from, to).';
