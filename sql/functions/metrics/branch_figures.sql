-- The figures of one branch over the local days [p_from_day, p_to_day): METRICS section 5.
-- Grain: one row per figure, in the order they are shown.
-- Reads: rollup.lead_day (cohort: leads created in the window, whatever happened to them since),
-- rollup.outcome_day and rollup.call_hour (event).
-- value is unrounded: a count, percent (0-100), seconds or minutes, as unit says; NULL when there
-- is nothing to divide by. Whatever is a quotient carries numerator and denominator.
-- One statement without SET, so it inlines.
create function metrics.branch_figures(
    p_workspace_id uuid, p_branch_id uuid, p_from_day date, p_to_day date
)
returns table (
    ordinal integer,
    key text,
    unit text,
    is_better_lower boolean,
    value numeric,
    numerator numeric,
    denominator numeric
)
language sql
stable
parallel safe
as $$
    with cohort as (
        select
            coalesce(sum(d.leads), 0) as leads,
            coalesce(sum(d.won), 0) as won,
            coalesce(sum(d.contacted), 0) as contacted,
            coalesce(sum(d.response_seconds), 0) as response_seconds
        from rollup.lead_day as d
        where
            d.workspace_id = p_workspace_id
            and d.branch_id = p_branch_id
            and d.day >= p_from_day
            and d.day < p_to_day
    ),

    outcomes as (
        select coalesce(sum(d.won), 0) as won
        from rollup.outcome_day as d
        where
            d.workspace_id = p_workspace_id
            and d.branch_id = p_branch_id
            and d.day >= p_from_day
            and d.day < p_to_day
    ),

    calls as (
        select
            coalesce(sum(c.calls), 0) as calls,
            coalesce(sum(c.answered), 0) as answered,
            coalesce(sum(c.answered_outbound), 0) as answered_outbound,
            coalesce(sum(c.interested), 0) as interested,
            coalesce(sum(c.successful), 0) as successful,
            coalesce(sum(c.answered_seconds), 0) as answered_seconds
        from metrics.branch_calls(p_workspace_id, p_branch_id, p_from_day, p_to_day) as c
    )

    select
        f.ordinal,
        f.key,
        f.unit,
        f.is_better_lower,
        case
            when f.denominator is null then f.numerator
            when f.unit = 'percent' then 100 * f.numerator / nullif(f.denominator, 0)
            when f.unit = 'minutes' then f.numerator / 60 / nullif(f.denominator, 0)
            else f.numerator / nullif(f.denominator, 0)
        end,
        case when f.denominator is not null then f.numerator end,
        f.denominator
    from cohort as l
    cross join outcomes as o
    cross join calls as c
    cross join lateral (
        values
        (1, 'new_leads', 'count', false, l.leads, null::numeric),
        (2, 'converted', 'count', false, o.won, null),
        (3, 'conversion_rate', 'percent', false, l.won, l.leads),
        (4, 'first_response_minutes', 'minutes', true, l.response_seconds, l.contacted),
        (5, 'calls', 'count', false, c.calls, null),
        (6, 'answered', 'count', false, c.answered, null),
        (7, 'answer_rate', 'percent', false, c.answered, c.calls),
        (8, 'interested', 'count', false, c.interested, null),
        (9, 'success_rate', 'percent', false, c.successful, c.answered_outbound),
        (10, 'mean_duration_seconds', 'seconds', false, c.answered_seconds, c.answered)
    ) as f (ordinal, key, unit, is_better_lower, numerator, denominator)
$$;
alter function metrics.branch_figures(uuid, uuid, date, date) owner to leadboard_view;
grant execute on function metrics.branch_figures(uuid, uuid, date, date) to leadboard_rollup;

comment on function metrics.branch_figures(uuid, uuid, date, date) is
'Figures of a branch in the local days [p_from_day, p_to_day), unrounded, with numerator and denominator: leads, conversion, first response, calls, answer rate, success rate, duration.';
