-- How far the leads of one member came that were CREATED in a window of local days
-- [p_from_day, p_to_day): METRICS section 2.
-- Grain: always one row.
-- Each stage counts leads that reached or passed it (a won lead was contacted and interested even
-- if nobody logged it), so a stage never counts more than the one before. Every rate is over
-- assigned; NULL without leads.
-- Reads: rollup.lead_day. No SET clause and one statement, so it inlines.
create function metrics.funnel(
    p_workspace_id uuid, p_user_id uuid, p_from_day date, p_to_day date
)
returns table (
    assigned bigint,
    contacted bigint,
    interested bigint,
    converted bigint,
    contact_rate numeric,
    interest_rate numeric,
    conversion_rate numeric
)
language sql
stable
parallel safe
as $$
    select
        f.assigned::bigint as assigned,
        f.contacted::bigint as contacted,
        f.interested::bigint as interested,
        f.converted::bigint as converted,
        f.contacted / nullif(f.assigned, 0) as contact_rate,
        f.interested / nullif(f.assigned, 0) as interest_rate,
        f.converted / nullif(f.assigned, 0) as conversion_rate
    from (
        select
            coalesce(sum(d.leads), 0) as assigned,
            coalesce(sum(d.reached_contacted), 0) as contacted,
            coalesce(sum(d.reached_interested), 0) as interested,
            coalesce(sum(d.won), 0) as converted
        from rollup.lead_day as d
        where
            d.workspace_id = p_workspace_id
            and d.subject_id = p_user_id
            and d.day >= p_from_day
            and d.day < p_to_day
    ) as f
$$;
alter function metrics.funnel(uuid, uuid, date, date) owner to leadboard_rollup;
grant execute on function metrics.funnel(uuid, uuid, date, date) to leadboard_view;

comment on function metrics.funnel(uuid, uuid, date, date) is
'Leads of one member created in the local days [from, to): how many reached each stage, and the rates over all of them.';
