-- The refresh's look at goals and badges: of whoever is named in goals.touched, and nobody else. An
-- entry is deleted together with recording what it brought, and who changes later leaves another.
-- The caller holds the lock of this step (ops.lock_step). Returns the workspaces with something
-- new.
create function goals.check_touched()
returns uuid[]
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_changed uuid[] := '{}';
    v_new bigint;
    v record;
begin
    for v in
        with taken as (
            delete from goals.touched as t
            returning t.workspace_id, t.user_id, t.scope, t.from_day
        ),

        asked as (
            select
                t.workspace_id,
                t.user_id,
                t.scope,
                t.from_day
            from taken as t
            union all
            -- Everybody, and the goals that a new day may have ended.
            select
                t.workspace_id,
                m.user_id,
                'person',
                t.from_day
            from taken as t
            inner join crm.members as m on m.workspace_id = t.workspace_id
            where t.scope = 'workspace'
            union all
            select
                t.workspace_id,
                coalesce(g.user_id, app.nobody()),
                'response',
                t.from_day
            from taken as t
            inner join crm.goals as g
                on
                    g.workspace_id = t.workspace_id
                    and g.period_end > t.from_day
                    and g.goal_type = 'response_time'
            where t.scope = 'day'
            union all
            -- The team's figures change with anybody's.
            select
                t.workspace_id,
                app.nobody(),
                case t.scope when 'response' then 'response' else 'person' end,
                t.from_day
            from taken as t
            where t.scope <> 'day'
        )

        select
            a.workspace_id,
            a.user_id,
            min(a.from_day) as from_day,
            bool_or(a.scope <> 'response') as is_whole,
            bool_or(a.scope in ('day', 'workspace')) as has_months
        from asked as a
        group by a.workspace_id, a.user_id
        order by a.workspace_id, a.user_id
    loop
        v_new := goals.check_goals(v.workspace_id, v.user_id, v.from_day, not v.is_whole);
        if v.is_whole and v.user_id <> app.nobody() then
            v_new := v_new + goals.check_badges(v.workspace_id, v.user_id, v.from_day);
        end if;
        if v.has_months then
            v_new := v_new + goals.check_months(v.workspace_id, v.from_day);
        end if;
        if v_new > 0 then
            v_changed := v_changed || v.workspace_id;
        end if;
    end loop;
    return array(select distinct c.id from unnest(v_changed) as c (id) order by c.id);
end
$$;
alter function goals.check_touched() owner to leadboard_rollup;

comment on function goals.check_touched() is
'Records goals reached and badges earned by those whose figures changed; returns the workspaces with something new.';
