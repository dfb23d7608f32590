-- Which leads have history that no rule of a segment was asked about yet.
-- depends: 0018.keep-refresh-runs

-- Append-only, for the reason of rollup.dirty_cells: a writer and the refresh never touch the same
-- row, so neither waits and nothing is lost.
create table crm.unmatched_history (
    workspace_id uuid not null,
    lead_id uuid not null
) with (
    autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_cost_delay = 0
);
alter table crm.unmatched_history owner to leadboard_owner;

-- What an import left unmatched because it and the rule did not see each other.
insert into crm.unmatched_history (workspace_id, lead_id)
select distinct
    r.workspace_id,
    r.lead_id
from crm.campaign_leads as r
where r.sent_at is not null and r.segments_taken_at is null;

comment on table crm.unmatched_history is 'Log of leads with recipients without a snapshot that are new: the refresh matches them with the rules of the segments. An entry may stand in it many times.';
comment on column crm.unmatched_history.workspace_id is 'The tenant.';
comment on column crm.unmatched_history.lead_id is 'The lead.';
