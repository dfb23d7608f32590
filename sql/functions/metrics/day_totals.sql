-- What badges count, per local day of one member: wins (leads won that day), revenue (their value,
-- as the workspace means it) or tasks_completed.
-- Grain: one row per day with a rollup.
-- Reads: rollup.outcome_day or rollup.task_day, crm.workspaces. No SET clause and one statement, so
-- it inlines.
create function metrics.day_totals(p_workspace_id uuid, p_user_id uuid, p_measure text)
returns table (day date, total numeric)
language sql
stable
parallel safe
as $$
    select
        d.day,
        sum(
            case
                when p_measure = 'wins' then d.won
                when w.deal_value_basis = 'price_at_purchase' then d.price
                else d.revenue
            end
        )
    from crm.workspaces as w
    inner join rollup.outcome_day as d on d.workspace_id = w.workspace_id
    where
        p_measure in ('wins', 'revenue')
        and w.workspace_id = p_workspace_id
        and d.workspace_id = p_workspace_id
        and d.subject_id = p_user_id
    group by d.day
    union all
    select
        d.day,
        d.completed
    from rollup.task_day as d
    where
        p_measure = 'tasks_completed'
        and d.workspace_id = p_workspace_id
        and d.subject_id = p_user_id
$$;
alter function metrics.day_totals(uuid, uuid, text) owner to leadboard_rollup;

comment on function metrics.day_totals(uuid, uuid, text) is
'Wins, revenue or completed tasks of one member per local day.';
