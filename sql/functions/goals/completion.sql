-- How far a goal of a member (null: of the team) has come that is running today, in percent, one
-- decimal: calculateGoalCompletionPercentage of the source system. With several running goals of
-- the type (a month's and a year's), that of the shortest period. NULL without such a goal, where
-- nothing is measured yet, and for goals the caller may not see: definer, but bound by the policies
-- of leadboard_view.
create function goals.completion(p_workspace_id uuid, p_user_id uuid, p_goal_type text)
returns numeric
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select metrics.percent(p.completion, 1)
    from crm.goals as g
    cross join lateral metrics.goal_progress(g) as p
    where
        g.workspace_id = p_workspace_id
        and g.user_id is not distinct from p_user_id
        and g.goal_type = p_goal_type
        and g.period_start <= p.today
        and g.period_end > p.today
    order by g.period_end - g.period_start, g.period_start desc
    limit 1
$$;
alter function goals.completion(uuid, uuid, text) owner to leadboard_view;
grant execute on function goals.completion(uuid, uuid, text) to leadboard_api, leadboard_bi;

comment on function goals.completion(uuid, uuid, text) is
'Completion of the running goal of a type, in percent, of a member or (null) of the team; null without one or without the right.';
