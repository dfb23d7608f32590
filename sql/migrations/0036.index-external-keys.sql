-- Keys of other systems are indexed where there are any: facts that are logged here have none, and
-- each was written to an index that found nothing by it (a sixth of all indexes of
-- crm.lead_activities).
-- depends: 0035.touch-response

-- One transaction, which knows no concurrent index.
-- squawk-ignore-file require-concurrent-index-creation, ban-drop-constraint

alter table crm.members drop constraint members_external_id_unique;
create unique index members_external_id_unique
on crm.members (workspace_id, source_system, external_id) where external_id is not null;

alter table crm.leads drop constraint leads_external_id_unique;
create unique index leads_external_id_unique
on crm.leads (workspace_id, source_system, external_id) where external_id is not null;

alter table crm.call_logs drop constraint call_logs_external_id_unique;
create unique index call_logs_external_id_unique
on crm.call_logs (workspace_id, source_system, external_id) where external_id is not null;

alter table crm.lead_activities drop constraint lead_activities_external_id_unique;
create unique index lead_activities_external_id_unique
on crm.lead_activities (workspace_id, source_system, external_id) where external_id is not null;

alter table crm.tasks drop constraint tasks_external_id_unique;
create unique index tasks_external_id_unique
on crm.tasks (workspace_id, source_system, external_id) where external_id is not null;

alter table crm.notes drop constraint notes_external_id_unique;
create unique index notes_external_id_unique
on crm.notes (workspace_id, source_system, external_id) where external_id is not null;

alter table crm.campaigns drop constraint campaigns_external_id_unique;
create unique index campaigns_external_id_unique
on crm.campaigns (workspace_id, source_system, external_id) where external_id is not null;

alter table crm.lead_feedback drop constraint lead_feedback_external_id_unique;
create unique index lead_feedback_external_id_unique
on crm.lead_feedback (workspace_id, source_system, external_id) where external_id is not null;

alter table crm.support_tickets drop constraint support_tickets_external_id_unique;
create unique index support_tickets_external_id_unique
on crm.support_tickets (workspace_id, source_system, external_id) where external_id is not null;
