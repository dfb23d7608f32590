-- What a report says of leads: METRICS section 5.
-- new_leads, by status at the end of the period and by source; the pipeline is every lead of the
-- branch by its status at that end. Converted (event: won in the period) and conversion rate
-- (cohort: won of the new leads) stand with the figures.
-- Reads: rollup.lead_day, metrics.branch_statuses.
create function reporting.lead_part(
    p_workspace_id uuid, p_branch_id uuid, p_from_day date, p_to_day date
)
returns jsonb
language sql
stable
as $$
    with sources as (
        select coalesce(jsonb_object_agg(s.source, s.leads), '{}') as counts
        from (
            select
                d.source,
                sum(d.leads) as leads
            from rollup.lead_day as d
            where
                d.workspace_id = p_workspace_id
                and d.branch_id = p_branch_id
                and d.day >= p_from_day
                and d.day < p_to_day
            group by d.source
        ) as s
    ),

    statuses as (
        select
            coalesce(jsonb_object_agg(s.status, s.leads), '{}') as counts,
            coalesce(jsonb_object_agg(s.status, s.new_leads), '{}') as new_counts
        from metrics.branch_statuses(p_workspace_id, p_branch_id, p_from_day, p_to_day) as s
    )

    select
        jsonb_build_object(
            'by_status', reporting.shares('status', t.new_counts),
            'by_source', reporting.shares('source', s.counts),
            'pipeline', reporting.shares('status', t.counts)
        )
    from sources as s
    cross join statuses as t
$$;
alter function reporting.lead_part(uuid, uuid, date, date) owner to leadboard_rollup;

comment on function reporting.lead_part(uuid, uuid, date, date) is
'Leads in a report, as JSON: new ones by status at the end of the period and by source, and all by status at that end.';
