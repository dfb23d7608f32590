-- On how many working days in a row, up to p_today, a member completed a task. Today counts when it
-- has one and breaks nothing while it has none; weekends neither count nor break.
-- Reads: rollup.task_day. No SET clause and one statement, so it inlines.
create function metrics.current_streak(p_workspace_id uuid, p_user_id uuid, p_today date)
returns bigint
language sql
stable
parallel safe
as $$
    select count(*)
    from (
        select
            n.number,
            row_number() over (order by n.number desc) as ordinal,
            first_value(n.number) over (order by n.number desc) as latest
        from (
            select app.working_day(d.day) as number
            from rollup.task_day as d
            where
                d.workspace_id = p_workspace_id
                and d.subject_id = p_user_id
                and d.day <= p_today
                and d.completed > 0
                and app.working_day(d.day) is not null
        ) as n
    ) as s
    where
        s.number = s.latest - s.ordinal + 1
        and s.latest >= (
            -- The working day before today, or before the weekend that today is in.
            select max(app.working_day(p_today - x.n))
            from generate_series(1, 3) as x (n)
        )
$$;
alter function metrics.current_streak(uuid, uuid, date) owner to leadboard_rollup;
grant execute on function metrics.current_streak(uuid, uuid, date) to leadboard_view;

comment on function metrics.current_streak(uuid, uuid, date) is
'Working days in a row, up to a day, on which a member completed a task.';
