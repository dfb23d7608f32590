-- Records which goals of a person (the nil UUID: of the team) are reached, each target once: goals
-- whose period ends after p_from_day. Returns how many are new.
create function goals.check_goals(p_workspace_id uuid, p_user_id uuid, p_from_day date)
returns bigint
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_new bigint;
begin
    insert into goals.achievements (
        workspace_id, user_id, period, goal_type, period_start, period_end, target_value,
        reached_value, achieved_on
    )
    select
        g.workspace_id,
        g.user_id,
        g.period,
        g.goal_type,
        g.period_start,
        g.period_end,
        g.target_value,
        p.current_value,
        metrics.goal_reached_on(g)
    from crm.goals as g
    cross join lateral metrics.goal_progress(g) as p
    where
        g.workspace_id = p_workspace_id
        and g.user_id is not distinct from nullif(p_user_id, app.nobody())
        and g.period_end > p_from_day
        and p.status = 'reached'
        and not exists (
            select from goals.achievements as a
            where
                a.workspace_id = g.workspace_id
                and a.user_id is not distinct from g.user_id
                and a.period = g.period
                and a.goal_type = g.goal_type
                and a.period_start = g.period_start
                and a.target_value = g.target_value
        )
    on conflict do nothing;
    get diagnostics v_new = row_count;
    return v_new;
end
$$;
alter function goals.check_goals(uuid, uuid, date) owner to leadboard_rollup;

comment on function goals.check_goals(uuid, uuid, date) is
'Records reached goals of a person, or of the team for the nil UUID, whose period ends after a day; returns how many are new.';
