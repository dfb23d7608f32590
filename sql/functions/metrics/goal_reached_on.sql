-- The local day on which a goal was first reached: the day the running sum met the target, or,
-- where lower is better, the last day of the period. What is asked of a goal that is not reached
-- (metrics.goal_progress) means nothing. A later refund does not move the day.
-- Reads: rollup.outcome_day, crm.workspaces.
create function metrics.goal_reached_on(p_goal crm.goals)
returns date
language sql
stable
parallel safe
as $$
    select
        case
            when p_goal.goal_type = 'response_time' then p_goal.period_end - 1
            else (
                select min(r.day)
                from (
                    select
                        o.day,
                        sum(
                            sum(
                                case
                                    when p_goal.goal_type = 'conversions' then o.won
                                    when w.deal_value_basis = 'price_at_purchase' then o.price
                                    else o.revenue
                                end
                            )
                        ) over (order by o.day) as total
                    from crm.workspaces as w
                    inner join rollup.outcome_day as o on o.workspace_id = w.workspace_id
                    where
                        w.workspace_id = p_goal.workspace_id
                        and o.workspace_id = p_goal.workspace_id
                        and o.subject_id >= coalesce(p_goal.user_id, app.nobody())
                        and o.subject_id <= coalesce(
                            p_goal.user_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid
                        )
                        and o.day >= p_goal.period_start
                        and o.day < p_goal.period_end
                    group by o.day
                ) as r
                where r.total >= p_goal.target_value
            )
        end
$$;
alter function metrics.goal_reached_on(crm.goals) owner to leadboard_rollup;

comment on function metrics.goal_reached_on(crm.goals) is
'Local day on which a reached goal was first reached.';
