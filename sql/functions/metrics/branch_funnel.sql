-- How far the leads got that came into one branch on the local days [p_from_day, p_to_day): cohort,
-- whatever happened to them since.
-- Grain: one row per stage: new, contacted, qualified, converted. Each counts the leads that
-- reached it or went past it, so no stage is larger than the one before.
-- Reads: rollup.lead_day.
create function metrics.branch_funnel(
    p_workspace_id uuid, p_branch_id uuid, p_from_day date, p_to_day date
)
returns table (ordinal integer, stage text, leads numeric, new_leads numeric)
language sql
stable
parallel safe
as $$
    select
        s.ordinal,
        s.stage,
        s.leads,
        c.leads
    from (
        select
            coalesce(sum(d.leads), 0) as leads,
            coalesce(sum(d.reached_contacted), 0) as contacted,
            coalesce(sum(d.reached_interested), 0) as interested,
            coalesce(sum(d.won), 0) as won
        from rollup.lead_day as d
        where
            d.workspace_id = p_workspace_id
            and d.branch_id = p_branch_id
            and d.day >= p_from_day
            and d.day < p_to_day
    ) as c
    cross join lateral (
        values
        (1, 'new', c.leads),
        (2, 'contacted', c.contacted),
        (3, 'qualified', c.interested),
        (4, 'converted', c.won)
    ) as s (ordinal, stage, leads)
$$;
alter function metrics.branch_funnel(uuid, uuid, date, date) owner to leadboard_view;
grant execute on function metrics.branch_funnel(uuid, uuid, date, date) to leadboard_rollup;

comment on function metrics.branch_funnel(uuid, uuid, date, date) is
'Leads that came into a branch in the local days [p_from_day, p_to_day), by the stage they reached or passed: new, contacted, qualified, converted.';
