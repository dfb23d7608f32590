-- Follows changed goals: keeps the history of their targets, and has the next refresh look whether
-- they are reached. Locks: none beyond the rows it writes.
create function goals.follow_goals()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op = 'UPDATE' then
        insert into goals.changes (
            workspace_id, goal_id, user_id, period, goal_type, period_start, period_end,
            target_value, changed_by_user_id
        )
        select
            n.workspace_id,
            n.id,
            n.user_id,
            n.period,
            n.goal_type,
            n.period_start,
            n.period_end,
            n.target_value,
            app.current_user_id()
        from old_rows as o
        full join new_rows as n on n.workspace_id = o.workspace_id and n.id = o.id
        where
            n.id is not null
            and (
                n.user_id, n.period, n.goal_type, n.period_start, n.period_end, n.target_value
            ) is distinct from (
                o.user_id, o.period, o.goal_type, o.period_start, o.period_end, o.target_value
            );
        insert into goals.touched (workspace_id, user_id, scope, from_day)
        select distinct
            n.workspace_id,
            coalesce(n.user_id, app.nobody()),
            'person',
            '-infinity'::date
        from new_rows as n;
        return null;
    end if;

    insert into goals.changes (
        workspace_id, goal_id, user_id, period, goal_type, period_start, period_end, target_value,
        changed_by_user_id
    )
    select
        r.workspace_id,
        r.id,
        r.user_id,
        r.period,
        r.goal_type,
        r.period_start,
        r.period_end,
        case tg_op when 'INSERT' then r.target_value end,
        app.current_user_id()
    from changed_rows as r;
    if tg_op = 'INSERT' then
        insert into goals.touched (workspace_id, user_id, scope, from_day)
        select distinct
            r.workspace_id,
            coalesce(r.user_id, app.nobody()),
            'person',
            '-infinity'::date
        from changed_rows as r;
    end if;
    return null;
end
$$;
alter function goals.follow_goals() owner to leadboard_owner;

comment on function goals.follow_goals() is
'Trigger: writes goals.changes and has the next refresh check the goals.';
