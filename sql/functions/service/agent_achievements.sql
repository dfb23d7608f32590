-- GET /agent/achievements: badges the caller earned and goals that were reached, newest first, and
-- the running streak of working days with a completed task. What can be earned is listed with the
-- badges that are still open.
create function service.agent_achievements(p_user_id uuid, p_etag text, p_workspace_id uuid)
returns table (etag text, body json)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v record;
begin
    v := service.enter_agent(p_user_id, p_workspace_id);
    etag := service.etag(
        'agent-achievements', v.version::text, v.workspace_id::text, p_user_id::text,
        v.today::text
    );
    if service.is_known(p_etag, etag) then
        return next;
        return;
    end if;
    body := json_build_object(
        'badges', (
            select
                coalesce(
                    json_agg(
                        json_build_object(
                            'badge', e.badge,
                            'title', e.title,
                            'description', e.description,
                            'earnedOn', e.earned_on,
                            'periodStart', e.period_start,
                            'value', trim_scale(round(e.reached_value, 4)),
                            'measure', e.measure
                        )
                        order by e.earned_on desc, e.badge
                    ),
                    '[]'
                )
            from analytics.badges_earned as e
            where e.workspace_id = v.workspace_id and e.user_id = p_user_id
        ),
        'goals', (
            select
                coalesce(
                    json_agg(
                        json_build_object(
                            'goal', case a.goal_type
                                when 'response_time' then 'responseTimeHours'
                                else a.goal_type
                            end,
                            'period', a.period,
                            'periodStart', a.period_start,
                            'periodEnd', a.period_end - 1,
                            'target', trim_scale(a.target_value),
                            'value', trim_scale(round(a.reached_value, 2)),
                            'achieved_on', a.achieved_on,
                            'achieved_at', a.achieved_at
                        )
                        order by a.achieved_on desc, a.goal_type, a.target_value
                    ),
                    '[]'
                )
            from goals.achievements as a
            where a.workspace_id = v.workspace_id and a.user_id = p_user_id
        ),
        'open', (
            select
                coalesce(
                    json_agg(
                        json_build_object(
                            'badge', b.badge, 'title', b.title, 'description', b.description
                        )
                        order by b.badge
                    ),
                    '[]'
                )
            from goals.badges_of(v.workspace_id) as b
            where
                not exists (
                    select from goals.badges_earned as e
                    where
                        e.workspace_id = v.workspace_id
                        and e.user_id = p_user_id
                        and e.badge = b.badge
                )
        ),
        'streakDays', metrics.current_streak(v.workspace_id, p_user_id, v.today)
    );
    return next;
end
$$;
alter function service.agent_achievements(uuid, text, uuid) owner to leadboard_view;
grant execute on function service.agent_achievements(uuid, text, uuid) to leadboard_api;

comment on function service.agent_achievements(uuid, text, uuid) is
'GET /agent/achievements: badges earned, goals reached, badges still open and the running streak of the caller.';
