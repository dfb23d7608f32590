-- How a goal stands: METRICS 2.2. One definition for personal goals and the team's (user_id null).
-- Grain: always one row, for the goal given:
--   from crm.goals as g cross join lateral metrics.goal_progress(g) as p
-- Reads: rollup.outcome_day (conversions, revenue: event) or rollup.lead_day (response_time: the
-- leads that came in during the period; mean hours to the first contact); crm.workspaces,
-- crm.branches and crm.members for the zone and for the day the person joined.
--
-- Local days are those of the person's branch, for the team the workspace's. Who joins during the
-- period is measured against the days since; the target stays. Today counts as a whole day of the
-- pace. NULL value (a type nobody measures, no lead contacted yet, a period that has not begun, a
-- person who joined after it) is no_data.
-- Lower is better (response_time): completion is clamp(2 - value / target, 0, 1), the pace is the
-- target itself, and it can be reached only when the period is over.
-- No SET clause and one statement, so it inlines.
create function metrics.goal_progress(p_goal crm.goals)
returns table (
    from_day date,
    to_day date,
    today date,
    days integer,
    elapsed_days integer,
    is_lower_better boolean,
    current_value numeric,
    completion numeric,
    expected_value numeric,
    projected_value numeric,
    status text
)
language sql
stable
parallel safe
as $$
    select
        d.from_day,
        p_goal.period_end as to_day,
        d.today,
        d.days,
        d.elapsed_days,
        d.is_lower_better,
        v.value as current_value,
        case
            -- least and greatest would make something of NULL.
            when v.value is null then null
            when d.is_lower_better
                then least(greatest(2 - v.value / p_goal.target_value, 0), 1)
            else v.value / p_goal.target_value
        end as completion,
        case
            when v.value is null then null
            when d.is_lower_better then p_goal.target_value
            else p_goal.target_value * d.elapsed_days / d.days
        end as expected_value,
        case
            when d.is_lower_better then v.value
            else v.value * d.days / d.elapsed_days
        end as projected_value,
        case
            when v.value is null then 'no_data'
            when d.is_lower_better and d.today < p_goal.period_end
                then
                    case
                        when v.value <= p_goal.target_value then 'on_track'
                        else 'at_risk'
                    end
            when d.is_lower_better
                then case when v.value <= p_goal.target_value then 'reached' else 'missed' end
            when v.value >= p_goal.target_value then 'reached'
            when d.today >= p_goal.period_end then 'missed'
            when v.value * d.days >= p_goal.target_value * d.elapsed_days then 'on_track'
            else 'at_risk'
        end as status
    from (
        select
            z.today,
            z.deal_value_basis,
            p_goal.goal_type = 'response_time' as is_lower_better,
            greatest(p_goal.period_start, z.joined_on) as from_day,
            greatest(p_goal.period_end - greatest(p_goal.period_start, z.joined_on), 0) as days,
            greatest(
                least(z.today + 1, p_goal.period_end)
                - greatest(p_goal.period_start, z.joined_on),
                0
            ) as elapsed_days
        from (
            select
                w.deal_value_basis,
                app.today(coalesce(b.timezone, w.timezone)) as today,
                app.local_day(m.joined_at, coalesce(b.timezone, w.timezone)) as joined_on
            from crm.workspaces as w
            left join crm.members as m
                on m.workspace_id = w.workspace_id and m.user_id = p_goal.user_id
            left join crm.branches as b
                on b.workspace_id = w.workspace_id and b.id = m.branch_id
            where w.workspace_id = p_goal.workspace_id
        ) as z
    ) as d
    cross join lateral (
        select
            case
                when d.elapsed_days = 0 then null
                -- One person by one index, the team by another: an `or` would have neither.
                when p_goal.goal_type in ('conversions', 'revenue') and p_goal.user_id is not null
                    then (
                        select
                            coalesce(
                                sum(
                                    case
                                        when p_goal.goal_type = 'conversions' then o.won
                                        when d.deal_value_basis = 'price_at_purchase' then o.price
                                        else o.revenue
                                    end
                                ),
                                0
                            )
                        from rollup.outcome_day as o
                        where
                            o.workspace_id = p_goal.workspace_id
                            and o.subject_id = p_goal.user_id
                            and o.day >= p_goal.period_start
                            and o.day < least(p_goal.period_end, d.today + 1)
                    )
                when p_goal.goal_type in ('conversions', 'revenue')
                    then (
                        select
                            coalesce(
                                sum(
                                    case
                                        when p_goal.goal_type = 'conversions' then o.won
                                        when d.deal_value_basis = 'price_at_purchase' then o.price
                                        else o.revenue
                                    end
                                ),
                                0
                            )
                        from rollup.outcome_day as o
                        where
                            o.workspace_id = p_goal.workspace_id
                            and o.day >= p_goal.period_start
                            and o.day < least(p_goal.period_end, d.today + 1)
                    )
                when p_goal.goal_type = 'response_time' and p_goal.user_id is not null
                    then (
                        select sum(l.response_seconds) / nullif(sum(l.contacted), 0) / 3600
                        from rollup.lead_day as l
                        where
                            l.workspace_id = p_goal.workspace_id
                            and l.subject_id = p_goal.user_id
                            and l.day >= p_goal.period_start
                            and l.day < least(p_goal.period_end, d.today + 1)
                    )
                when p_goal.goal_type = 'response_time'
                    then (
                        select sum(l.response_seconds) / nullif(sum(l.contacted), 0) / 3600
                        from rollup.lead_day as l
                        where
                            l.workspace_id = p_goal.workspace_id
                            and l.day >= p_goal.period_start
                            and l.day < least(p_goal.period_end, d.today + 1)
                    )
            end as value
    ) as v
$$;
alter function metrics.goal_progress(crm.goals) owner to leadboard_rollup;
grant execute on function metrics.goal_progress(crm.goals) to leadboard_view;

comment on function metrics.goal_progress(crm.goals) is
'How a goal stands: value, completion (0-1, above 1 beyond the target), pace, projection and status (no_data, on_track, at_risk, reached, missed), for a person or, with user_id null, for the team.';
