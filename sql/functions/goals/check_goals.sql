-- Records which goals of a person (the nil UUID: of the team) are reached, each target once: goals
-- whose period ends after p_from_day, with p_is_response those of response time alone. Those are
-- not computed while their period runs in every zone: metrics.goal_progress calls none reached
-- before. Returns how many are new.
create function goals.check_goals(
    p_workspace_id uuid, p_user_id uuid, p_from_day date, p_is_response boolean default false
)
returns bigint
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_new bigint;
begin
    -- First which are open, then how they stand: what was reached costs nothing more.
    with open_goals as materialized (
        select g
        from crm.goals as g
        where
            g.workspace_id = p_workspace_id
            and g.user_id is not distinct from nullif(p_user_id, app.nobody())
            and g.period_end > p_from_day
            and case g.goal_type
                when 'response_time' then app.earliest_start(g.period_end) <= app.now()
                else not p_is_response
            end
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
    )

    insert into goals.achievements (
        workspace_id, user_id, period, goal_type, period_start, period_end, target_value,
        reached_value, achieved_on
    )
    select
        (o.g).workspace_id,
        (o.g).user_id,
        (o.g).period,
        (o.g).goal_type,
        (o.g).period_start,
        (o.g).period_end,
        (o.g).target_value,
        p.current_value,
        metrics.goal_reached_on(o.g)
    from open_goals as o
    cross join lateral metrics.goal_progress(o.g) as p
    where p.status = 'reached'
    on conflict do nothing;
    get diagnostics v_new = row_count;
    return v_new;
end
$$;
alter function goals.check_goals(uuid, uuid, date, boolean) owner to leadboard_rollup;

comment on function goals.check_goals(uuid, uuid, date, boolean) is
'Records reached goals of a person, or of the team for the nil UUID, whose period ends after a day, or those of response time alone; returns how many are new.';
