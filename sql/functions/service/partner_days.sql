-- What GET /api/partners/daily says of each partner the caller may see: the leads of each of the 30
-- local days that the 30d figures are about, so that their sums are those figures.
-- Grain: one row per partner. Days without leads are there, with zeros.
-- Reads: analytics.partner_performance_stats, which filters by the caller; rollup.lead_day.
-- Definer, because the leads of a partner may belong to a branch that a manager does not manage,
-- and the partner's figures count them.
create function service.partner_days(p_workspace_id uuid, p_partner_ids uuid[])
returns table (partner_id uuid, body json)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    with days as (
        select
            s.partner_id,
            s.as_of,
            g.day::date as day,
            coalesce(sum(d.assigned), 0) as leads_assigned,
            coalesce(sum(d.accepted), 0) as leads_accepted,
            coalesce(sum(d.contacted), 0) as leads_contacted,
            coalesce(sum(d.won), 0) as won_leads,
            coalesce(sum(d.lost), 0) as lost_leads
        from analytics.partner_performance_stats as s
        cross join lateral generate_series(
            s.window_to_day - 30, s.window_to_day - 1, interval '1 day'
        ) as g (day)
        left join rollup.lead_day as d
            on d.workspace_id = s.workspace_id
                and d.subject_id = s.partner_id
                and d.day = g.day::date
        where s.workspace_id = p_workspace_id and s.partner_id = any(p_partner_ids)
        group by s.partner_id, s.as_of, g.day
    )

    select
        d.partner_id,
        json_build_object(
            'partner_id', d.partner_id,
            'most_leads_assigned', max(d.leads_assigned),
            'as_of', d.as_of,
            'days', json_agg(
                json_build_object(
                    'day', d.day,
                    'leads_assigned', d.leads_assigned,
                    'leads_accepted', d.leads_accepted,
                    'leads_contacted', d.leads_contacted,
                    'won_leads', d.won_leads,
                    'lost_leads', d.lost_leads
                )
                order by d.day
            )
        )
    from days as d
    group by d.partner_id, d.as_of
$$;
alter function service.partner_days(uuid, uuid[]) owner to leadboard_view;
grant execute on function service.partner_days(uuid, uuid[]) to leadboard_api;

comment on function service.partner_days(uuid, uuid[]) is
'One row per partner the caller may see: the leads of each of the last 30 local days, as JSON.';
