-- How far the new leads of a period got, beside those of the period before: leads per stage, the
-- share of the new ones in percent, and the change of the count.
-- Reads: metrics.branch_funnel.
create function reporting.funnel_part(
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
            jsonb_build_object(
                'stage', f.stage,
                'leads', f.leads,
                'rate', metrics.percent(f.leads, f.new_leads),
                'previous', b.leads,
                'previous_rate', metrics.percent(b.leads, b.new_leads),
                'change', metrics.change_percent(f.leads, b.leads),
                'new', f.leads > 0 and b.leads = 0
            )
            order by f.ordinal
        )
    from metrics.branch_funnel(p_workspace_id, p_branch_id, p_from_day, p_to_day) as f
    inner join metrics.branch_funnel(
        p_workspace_id, p_branch_id, p_previous_from_day, p_from_day
    ) as b
        on b.stage = f.stage
$$;
alter function reporting.funnel_part(uuid, uuid, date, date, date) owner to leadboard_rollup;

comment on function reporting.funnel_part(uuid, uuid, date, date, date) is
'Funnel of the leads of the local days [p_from_day, p_to_day), beside that of the days before, as JSON.';
