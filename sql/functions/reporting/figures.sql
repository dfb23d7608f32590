-- The figures of a report as JSON, in the order they are shown; with the change against the days
-- [p_previous_from_day, p_from_day) where that is given (a weekly report).
-- Reads: metrics.branch_figures.
create function reporting.figures(
    p_workspace_id uuid,
    p_branch_id uuid,
    p_from_day date,
    p_to_day date,
    p_previous_from_day date
)
returns jsonb
language sql
stable
as $$
    select
        jsonb_agg(
            reporting.figure(
                f.key, f.unit, f.is_better_lower, f.value, f.numerator, f.denominator,
                p_previous_from_day is not null, b.value
            )
            order by f.ordinal
        )
    from metrics.branch_figures(p_workspace_id, p_branch_id, p_from_day, p_to_day) as f
    left join metrics.branch_figures(
        p_workspace_id, p_branch_id, p_previous_from_day, p_from_day
    ) as b
        on b.key = f.key and p_previous_from_day is not null
$$;
alter function reporting.figures(uuid, uuid, date, date, date) owner to leadboard_rollup;

comment on function reporting.figures(uuid, uuid, date, date, date) is
'Figures of a branch for the local days [p_from_day, p_to_day) as JSON, with the change against the days before from p_previous_from_day on, if given.';
