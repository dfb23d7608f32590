-- GET /api/reports/team-goals: the team's goals that run today and where they stand, for every
-- member: they stand beside the leaderboard. Completion in percent with one decimal (above 100
-- beyond the target), values with two decimals: metrics.goal_progress.
-- The tag is made of the answer itself: goals change between two refreshes.
-- A definer function of leadboard_view: bound by the policies of the caller, and able to count, not
-- show, colleagues.
create function service.team_goals(p_user_id uuid, p_etag text, p_workspace_id uuid)
returns table (etag text, body json)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_caller record;
begin
    v_caller := service.enter(p_user_id, p_workspace_id);
    select
        json_build_object(
            'items',
            coalesce(
                json_agg(
                    json_build_object(
                        'goal', g.goal_type,
                        'period', g.period,
                        'first_day', g.period_start,
                        'last_day', g.period_end - 1,
                        'target', trim_scale(g.target_value),
                        'current', trim_scale(round(p.current_value, 2)),
                        'completion', metrics.percent(p.completion, 1),
                        'status', p.status,
                        'expected', trim_scale(round(p.expected_value, 2)),
                        'projected', trim_scale(round(p.projected_value, 2))
                    )
                    order by g.period_end, g.period, g.goal_type, g.period_start
                ),
                '[]'
            )
        )
    into body
    from crm.goals as g
    cross join lateral metrics.goal_progress(g) as p
    where
        g.workspace_id = v_caller.workspace_id
        and g.user_id is null
        and g.period_start <= p.today
        and g.period_end > p.today;
    etag := service.etag('team-goals', v_caller.version::text, p_user_id::text, body::text);
    if service.is_known(p_etag, etag) then
        body := null;
    end if;
    return next;
end
$$;
alter function service.team_goals(uuid, text, uuid) owner to leadboard_view;
grant execute on function service.team_goals(uuid, text, uuid) to leadboard_api;

comment on function service.team_goals(uuid, text, uuid) is
'GET /api/reports/team-goals: the team''s running goals and where they stand.';
