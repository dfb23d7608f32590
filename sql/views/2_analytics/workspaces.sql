-- The workspaces the caller is a member of, with what a reader of figures must know about them.
-- Grain: one row per workspace.
-- Reads: crm.workspaces.
create view analytics.workspaces
with (security_barrier) as
select
    w.workspace_id,
    w.name,
    w.timezone,
    w.currency,
    w.leaderboard_visibility,
    w.deal_value_basis,
    w.ai_score_measures
from crm.workspaces as w
where w.workspace_id = any((select app.member_workspaces())::uuid[]);
alter view analytics.workspaces owner to leadboard_view;
grant select on analytics.workspaces to leadboard_api, leadboard_bi;

comment on view analytics.workspaces is 'One row per workspace the caller is a member of.';
comment on column analytics.workspaces.workspace_id is 'The tenant.';
comment on column analytics.workspaces.name is 'Name shown to people.';
comment on column analytics.workspaces.timezone is 'IANA time zone in which local days are counted where a branch names none.';
comment on column analytics.workspaces.currency is 'ISO 4217 code of every money amount of the workspace.';
comment on column analytics.workspaces.leaderboard_visibility is 'Whom a leaderboard shows to members: named, anonymised or own_rank_only.';
comment on column analytics.workspaces.deal_value_basis is 'Which amount is the value of a won lead: deal_value, or price_at_purchase (what the partner paid).';
comment on column analytics.workspaces.ai_score_measures is 'What an AI assessment measures: risk (trust = 100 - score) or trust (as it is).';
