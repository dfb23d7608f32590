-- The caller's goals of one kind of period that run on a day, as GET, POST and PUT /agent/goals
-- answer them: completion in percent with one decimal (above 100 beyond the target), values with
-- two decimals. Runs as leadboard_view. In PL/pgSQL, whose plans are kept: planning it takes
-- longer than running it.
create function service.agent_goals_body(
    p_workspace_id uuid, p_user_id uuid, p_period text, p_today date
)
returns json
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        with running as (
            select distinct on (g.goal_type)
                case g.goal_type
                    when 'response_time' then 'responseTimeHours'
                    else g.goal_type
                end as name,
                g.goal_type,
                g.period_start,
                g.period_end,
                g.target_value,
                p.current_value,
                p.completion,
                p.expected_value,
                p.projected_value,
                p.status,
                a.achieved_on,
                a.achieved_at
            from crm.goals as g
            cross join lateral metrics.goal_progress(g) as p
            left join goals.achievements as a
                on
                    a.workspace_id = g.workspace_id
                    and a.user_id = g.user_id
                    and a.period = g.period
                    and a.goal_type = g.goal_type
                    and a.period_start = g.period_start
                    and a.target_value = g.target_value
            where
                g.workspace_id = p_workspace_id
                and g.user_id = p_user_id
                and g.period = p_period
                and g.goal_type in ('conversions', 'revenue', 'response_time')
                and g.period_start <= p_today
                and g.period_end > p_today
            order by g.goal_type, g.period_start desc
        )

        select
            json_build_object(
                'period', p_period,
                'periodStart', b.first_day,
                'periodEnd', b.next_day - 1,
                'goals', (
                    select
                        coalesce(
                            json_object_agg(
                                r.name,
                                json_build_object(
                                    'target', trim_scale(r.target_value),
                                    'current', trim_scale(round(r.current_value, 2)),
                                    'completion', metrics.percent(r.completion, 1),
                                    'status', r.status,
                                    'expected', trim_scale(round(r.expected_value, 2)),
                                    'projected', trim_scale(round(r.projected_value, 2)),
                                    'achieved_at', r.achieved_at,
                                    'achieved_on', r.achieved_on,
                                    'periodStart', r.period_start,
                                    'periodEnd', r.period_end - 1
                                )
                                order by r.name
                            ),
                            '{}'
                        )
                    from running as r
                )
            )
        from goals.bounds(p_period, p_today) as b
    );
end
$$;
alter function service.agent_goals_body(uuid, uuid, text, date) owner to leadboard_view;
grant execute on function service.agent_goals_body(uuid, uuid, text, date) to leadboard_api;

comment on function service.agent_goals_body(uuid, uuid, text, date) is
'The caller''s running goals of one kind of period as JSON.';
