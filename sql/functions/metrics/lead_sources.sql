-- What each source brought one member: leads CREATED in a window of local days
-- [p_from_day, p_to_day), and what became of them. METRICS section 2.
-- Grain: one row per source with leads; unknown is a source.
-- revenue is the value of the won leads of the cohort, whenever they were won: deal value, or what
-- was paid for the lead where the workspace says so.
-- Reads: rollup.lead_day, crm.workspaces. No SET clause and one statement, so it inlines.
create function metrics.lead_sources(
    p_workspace_id uuid, p_user_id uuid, p_from_day date, p_to_day date
)
returns table (
    source text,
    leads bigint,
    leads_won bigint,
    conversion_rate numeric,
    revenue numeric
)
language sql
stable
parallel safe
as $$
    select
        d.source,
        sum(d.leads)::bigint as leads,
        sum(d.won)::bigint as leads_won,
        sum(d.won) / sum(d.leads) as conversion_rate,
        sum(case w.deal_value_basis when 'price_at_purchase' then d.won_price else d.won_value end)
            as revenue
    from crm.workspaces as w
    inner join rollup.lead_day as d on d.workspace_id = w.workspace_id
    where
        w.workspace_id = p_workspace_id
        and d.workspace_id = p_workspace_id
        and d.subject_id = p_user_id
        and d.day >= p_from_day
        and d.day < p_to_day
    group by d.source
$$;
alter function metrics.lead_sources(uuid, uuid, date, date) owner to leadboard_rollup;
grant execute on function metrics.lead_sources(uuid, uuid, date, date) to leadboard_view;

comment on function metrics.lead_sources(uuid, uuid, date, date) is
'Leads of one member created in the local days [from, to) by source: number, won, conversion rate, value of the won.';
