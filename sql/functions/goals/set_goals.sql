-- Sets the caller's own goals for the period that p_today lies in. p_goals is an object of targets:
-- conversions (leads won, whole), revenue (workspace currency), responseTimeHours (mean hours to
-- first contact); at least one. As new ones (LB409 where the period has goals), or in place of
-- those the period has: what is left out is removed. Old targets stay in goals.changes.
-- LB400 with one entry of errors per fault; LB403 for who is no agent of the workspace.
--
-- Two calls at once: the second waits for the caller's membership row, which is locked first, and
-- then sees what the first has written.
create function goals.set_goals(
    p_workspace_id uuid, p_period text, p_goals jsonb, p_is_new boolean, p_today date
)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user_id constant uuid := app.current_user_id();
    v_errors jsonb;
    v_first_day date;
    v_next_day date;
begin
    perform
    from crm.members as m
    where
        m.workspace_id = p_workspace_id
        and m.user_id = v_user_id
        and m.role = 'agent'
        and m.deactivated_at is null
    for no key update;
    if not found then
        raise exception using errcode = 'LB403', message = 'Agent access required';
    end if;

    select jsonb_agg(jsonb_build_object('field', f.field, 'message', f.message)) into v_errors
    from goals.faults(p_period, p_goals) as f;
    if v_errors is not null then
        raise exception using
            errcode = 'LB400',
            message = 'These goals are not possible.',
            detail = jsonb_build_object('errors', v_errors)::text;
    end if;

    select
        b.first_day,
        b.next_day
    into v_first_day, v_next_day
    from goals.bounds(p_period, p_today) as b;

    if p_is_new and exists (
        select from crm.goals as g
        where
            g.workspace_id = p_workspace_id
            and g.user_id = v_user_id
            and g.period = p_period
            and g.period_start < v_next_day
            and g.period_end > v_first_day
    ) then
        raise exception using
            errcode = 'LB409',
            message = 'There are goals for this period already; PUT replaces them.';
    end if;

    delete from crm.goals as g
    where
        g.workspace_id = p_workspace_id
        and g.user_id = v_user_id
        and g.period = p_period
        and g.period_start < v_next_day
        and g.period_end > v_first_day
        and not (
            g.period_start = v_first_day
            and g.period_end = v_next_day
            and p_goals ? case g.goal_type
                when 'response_time' then 'responseTimeHours'
                else g.goal_type
            end
        );

    insert into crm.goals as g (
        workspace_id, user_id, period, goal_type, target_value, period_start, period_end,
        created_by_user_id
    )
    select
        p_workspace_id,
        v_user_id,
        p_period,
        case t.key when 'responseTimeHours' then 'response_time' else t.key end,
        t.value::numeric,
        v_first_day,
        v_next_day,
        v_user_id
    from jsonb_each_text(p_goals) as t
    on conflict on constraint goals_unique do update
    set target_value = excluded.target_value
    where g.target_value <> excluded.target_value;
end
$$;
alter function goals.set_goals(uuid, text, jsonb, boolean, date) owner to leadboard_owner;
grant execute on function goals.set_goals(uuid, text, jsonb, boolean, date) to leadboard_view;

comment on function goals.set_goals(uuid, text, jsonb, boolean, date) is
'Sets the caller''s own goals for the period a day lies in, as new ones (LB409 where there are some) or in place of the old; LB400 with errors, LB403 for who is no agent.';
