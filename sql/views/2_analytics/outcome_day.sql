-- Rollup outcome_day for the callers of the database: an owner or admin sees all of the workspace,
-- a manager the rows of the own branch, everyone the own.
-- Grain: one row per (workspace_id, day, subject_id, branch_id, source).
-- Reads: rollup.outcome_day.
create view analytics.outcome_day
with (security_barrier) as
select
    d.workspace_id,
    d.day,
    d.subject_id,
    d.branch_id,
    d.source,
    d.won,
    d.lost,
    d.revenue,
    d.price
from rollup.outcome_day as d
where
    d.workspace_id = any((select app.member_workspaces())::uuid[])
    and (
        d.workspace_id = any((select app.admin_workspaces())::uuid[])
        or d.branch_id = any((select app.managed_branches())::uuid[])
        or d.subject_id = (select app.current_user_id())
    );
alter view analytics.outcome_day owner to leadboard_view;
grant select on analytics.outcome_day to leadboard_api, leadboard_bi;

comment on view analytics.outcome_day is
'One row per branch, credited owner, source and local day of the outcome (event).';
comment on column analytics.outcome_day.workspace_id is 'The tenant.';
comment on column analytics.outcome_day.day is 'Local day of won_at or lost_at, in the zone of the leads branch.';
comment on column analytics.outcome_day.subject_id is 'The credited owner of the leads; the nil UUID for nobody.';
comment on column analytics.outcome_day.branch_id is 'Branch of the leads; the nil UUID for none.';
comment on column analytics.outcome_day.source is 'Source of the leads.';
comment on column analytics.outcome_day.won is 'Leads won that day and still won.';
comment on column analytics.outcome_day.lost is 'Leads lost that day and still lost.';
comment on column analytics.outcome_day.revenue is 'Sum of deal_value of those won.';
comment on column analytics.outcome_day.price is 'Sum of price_at_purchase of those won.';
