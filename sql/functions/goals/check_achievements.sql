-- Records what a member has reached and earned by now, goals and badges, and returns how many of
-- them are new; null for everybody and the team. The refresh does it by itself for everybody whose
-- figures changed; this is for callers that know the name (checkGoalAchievements) and for checks
-- by hand. It reads the rollups as they are.
create function goals.check_achievements(p_workspace_id uuid, p_user_id uuid default null)
returns bigint
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user_id uuid;
    v_new bigint := 0;
begin
    perform ops.lock_step('goals');
    for v_user_id in
        select m.user_id
        from crm.members as m
        where m.workspace_id = p_workspace_id and (p_user_id is null or m.user_id = p_user_id)
        order by m.user_id
    loop
        v_new := v_new
            + goals.check_goals(p_workspace_id, v_user_id, '-infinity')
            + goals.check_badges(p_workspace_id, v_user_id, '-infinity');
    end loop;
    if p_user_id is null then
        v_new := v_new
            + goals.check_goals(p_workspace_id, app.nobody(), '-infinity')
            + goals.check_months(p_workspace_id, '-infinity');
    end if;
    if v_new > 0 then
        perform ops.raise_versions(array[p_workspace_id], null);
    end if;
    return v_new;
end
$$;
alter function goals.check_achievements(uuid, uuid) owner to leadboard_rollup;
grant execute on function goals.check_achievements(uuid, uuid) to leadboard_ops;
-- Not for leadboard_api and leadboard_bi: they show what the refresh has found.

comment on function goals.check_achievements(uuid, uuid) is
'Records the goals reached and badges earned by a member (null: by everybody and the team); returns how many are new.';
