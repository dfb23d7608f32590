-- The table whose rows a kind of import keys by source_system and external_id; null for the kinds
-- that have another key (members, profiles, recipients).
create function crm.import_table(p_kind text)
returns text
language sql
immutable
parallel safe
as $$
    select
        case p_kind
            when 'leads' then 'leads'
            when 'activities' then 'lead_activities'
            when 'tasks' then 'tasks'
            when 'notes' then 'notes'
            when 'calls' then 'call_logs'
            when 'campaigns' then 'campaigns'
            when 'feedback' then 'lead_feedback'
            when 'tickets' then 'support_tickets'
        end
$$;
alter function crm.import_table(text) owner to leadboard_owner;

comment on function crm.import_table(text) is
'The table whose rows a kind of import keys by external_id; null for kinds with another key.';
