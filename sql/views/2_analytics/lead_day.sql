-- Rollup lead_day for the callers of the database: an owner or admin sees all of the workspace, a
-- manager the rows of the own branch, everyone the own.
-- Grain: one row per (workspace_id, day, subject_id, branch_id, source).
-- Reads: rollup.lead_day, lead_contact_day, lead_service_day.
create view analytics.lead_day
with (security_barrier) as
select
    d.workspace_id,
    d.day,
    d.subject_id,
    d.branch_id,
    d.source,
    d.leads,
    d.assigned,
    d.accepted,
    d.rejected,
    d.acceptance_seconds,
    d.contacted,
    d.contacted_1h,
    d.contacted_24h,
    d.response_seconds,
    d.reached_contacted,
    d.reached_interested,
    d.won,
    d.lost,
    d.won_value,
    d.won_valued,
    d.won_price,
    d.won_priced,
    coalesce(c.contact_attempts, 0) as contact_attempts,
    coalesce(c.leads_min_2_attempts, 0) as leads_min_2_attempts,
    coalesce(s.complaints, 0) as complaints,
    coalesce(s.ratings, 0) as ratings,
    coalesce(s.rating_sum, 0) as rating_sum
from rollup.lead_day as d
left join rollup.lead_contact_day as c
    on
        c.workspace_id = d.workspace_id
        and c.day = d.day
        and c.subject_id = d.subject_id
        and c.branch_id = d.branch_id
        and c.source = d.source
left join rollup.lead_service_day as s
    on
        s.workspace_id = d.workspace_id
        and s.day = d.day
        and s.subject_id = d.subject_id
        and s.branch_id = d.branch_id
        and s.source = d.source
where
    d.workspace_id = any((select app.member_workspaces())::uuid[])
    and (
        d.workspace_id = any((select app.admin_workspaces())::uuid[])
        or d.branch_id = any((select app.managed_branches())::uuid[])
        or d.subject_id = (select app.current_user_id())
    );
alter view analytics.lead_day owner to leadboard_view;
grant select on analytics.lead_day to leadboard_api, leadboard_bi;

comment on view analytics.lead_day is
'One row per branch, credited owner, source and local day the leads came in: everything that ever happened to those leads (cohort).';
comment on column analytics.lead_day.workspace_id is 'The tenant.';
comment on column analytics.lead_day.day is 'Local day the leads were created, in the zone of their branch.';
comment on column analytics.lead_day.subject_id is 'The credited owner of the leads; the nil UUID for nobody.';
comment on column analytics.lead_day.branch_id is 'Branch of the leads; the nil UUID for none.';
comment on column analytics.lead_day.source is 'Source of the leads.';
comment on column analytics.lead_day.leads is 'Leads created.';
comment on column analytics.lead_day.assigned is 'Of those, leads that have an owner (assigned_at set).';
comment on column analytics.lead_day.accepted is 'Of those, accepted.';
comment on column analytics.lead_day.rejected is 'Of those, rejected.';
comment on column analytics.lead_day.acceptance_seconds is 'Sum of accepted_at - created_at over the accepted, in seconds, never below 0 for one lead.';
comment on column analytics.lead_day.contacted is 'Of those, contacted (first_contact_at set).';
comment on column analytics.lead_day.contacted_1h is 'Of those, contacted within an hour.';
comment on column analytics.lead_day.contacted_24h is 'Of those, contacted within 24 hours.';
comment on column analytics.lead_day.response_seconds is 'Sum of first_contact_at - created_at over the contacted, in seconds, never below 0 for one lead.';
comment on column analytics.lead_day.reached_contacted is 'Of those, contacted or past it (interested or won).';
comment on column analytics.lead_day.reached_interested is 'Of those, interested or past it (won).';
comment on column analytics.lead_day.won is 'Of those, won by now.';
comment on column analytics.lead_day.lost is 'Of those, lost by now.';
comment on column analytics.lead_day.won_value is 'Sum of deal_value of the won.';
comment on column analytics.lead_day.won_valued is 'The won whose deal_value is known.';
comment on column analytics.lead_day.won_price is 'Sum of price_at_purchase of the won.';
comment on column analytics.lead_day.won_priced is 'The won whose price_at_purchase is known.';
comment on column analytics.lead_day.contact_attempts is 'Contact activities on those leads, whenever.';
comment on column analytics.lead_day.leads_min_2_attempts is 'Leads with two or more contact activities.';
comment on column analytics.lead_day.complaints is 'Complaints about those leads, whenever.';
comment on column analytics.lead_day.ratings is 'Ratings of those leads, whenever.';
comment on column analytics.lead_day.rating_sum is 'Sum of those ratings.';
