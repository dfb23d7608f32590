-- The fields of every event type: what crm.check_event checks, and what docs/events.md describes.
-- Grain: one row per event type and field; the fields that every event has are left out.
-- A reference (lead, campaign, task) is two fields of which one is needed; crm.check_event knows.
create function crm.event_fields()
returns table (
    event_type text,
    field text,
    type text,
    is_required boolean,
    max_length integer,
    low numeric,
    high numeric,
    choices text[]
)
language sql
immutable
parallel safe
as $$
    with lead_types (event_type) as (
        values
        ('lead.updated'), ('lead.status_changed'), ('lead.assigned'), ('activity.logged'),
        ('task.created'), ('note.created'), ('call.logged'), ('campaign.sent'),
        ('campaign.delivered'), ('campaign.opened'), ('campaign.clicked'), ('campaign.replied'),
        ('campaign.bounced'), ('feedback.given'), ('ticket.opened')
    ),

    campaign_types (event_type) as (
        values
        ('campaign.sent'), ('campaign.delivered'), ('campaign.opened'), ('campaign.clicked'),
        ('campaign.replied'), ('campaign.bounced')
    ),

    lead_fields (field, type, max_length, low, high) as (
        values
        ('branch', 'text', 200, null, null),
        ('first_name', 'text', 200, null, null),
        ('last_name', 'text', 200, null, null),
        ('company', 'text', 300, null, null),
        ('job_title', 'text', 200, null, null),
        ('email', 'text', 320, null, null),
        ('phone', 'text', 60, null, null),
        ('source', 'text', 100, null, null),
        ('industry', 'text', 200, null, null),
        ('country', 'text', 100, null, null),
        ('province', 'text', 100, null, null),
        ('postcode', 'text', 20, null, null),
        ('company_size', 'text', 60, null, null),
        ('tags', 'list', 100, null, null),
        ('score', 'number', null, -1e9, 1e9),
        ('price_at_purchase', 'number', null, 0, 999999999999),
        ('deal_value', 'number', null, -999999999999, 999999999999)
    ),

    own_fields (event_type, field, type, is_required, max_length, low, high, choices) as (
        values
        ('lead.created', 'lead_id', 'uuid', false, null, null::numeric, null::numeric, null::text[]),
        ('lead.created', 'external_id', 'text', false, 300, null, null, null),
        ('lead.created', 'owner', 'text', false, 320, null, null, null),
        ('lead.created', 'created_by', 'text', false, 320, null, null, null),
        ('lead.created', 'status', 'choice', false, null, null, null, crm.lead_statuses()),
        ('lead.status_changed', 'status', 'choice', true, null, null, null, crm.lead_statuses()),
        ('lead.status_changed', 'deal_value', 'number', false, null, -999999999999, 999999999999, null),
        ('lead.assigned', 'owner', 'text', false, 320, null, null, null),
        ('activity.logged', 'activity_type', 'word', true, 60, null, null, null),
        ('activity.logged', 'title', 'text', false, 300, null, null, null),
        ('activity.logged', 'description', 'text', false, 20000, null, null, null),
        ('activity.logged', 'duration_seconds', 'integer', false, null, 0, 86400, null),
        ('activity.logged', 'metadata', 'object', false, 65536, null, null, null),
        ('activity.logged', 'external_id', 'text', false, 300, null, null, null),
        ('task.created', 'title', 'text', false, 300, null, null, null),
        ('task.created', 'due_at', 'time', false, null, null, null, null),
        ('task.created', 'assigned_to', 'text', false, 320, null, null, null),
        ('task.created', 'task_id', 'uuid', false, null, null, null, null),
        ('task.created', 'external_id', 'text', false, 300, null, null, null),
        ('task.completed', 'task_id', 'uuid', false, null, null, null, null),
        ('task.completed', 'task_external_id', 'text', false, 300, null, null, null),
        ('note.created', 'body', 'text', true, 100000, null, null, null),
        ('note.created', 'external_id', 'text', false, 300, null, null, null),
        ('call.logged', 'branch', 'text', false, 200, null, null, null),
        ('call.logged', 'direction', 'choice', true, null, null, null, array['inbound', 'outbound']),
        ('call.logged', 'status', 'choice', true, null, null, null, array['completed', 'missed', 'failed']),
        ('call.logged', 'outcome', 'word', false, 60, null, null, null),
        ('call.logged', 'duration_seconds', 'integer', false, null, 0, 86400, null),
        ('call.logged', 'notes', 'text', false, 20000, null, null, null),
        ('call.logged', 'external_id', 'text', false, 300, null, null, null),
        ('campaign.created', 'name', 'text', true, 300, null, null, null),
        ('campaign.created', 'campaign_id', 'uuid', false, null, null, null, null),
        ('campaign.created', 'external_id', 'text', false, 300, null, null, null),
        ('campaign.created', 'variants', 'list', false, 26, null, null, null),
        ('campaign.created', 'segment', 'text', false, 200, null, null, null),
        ('campaign.sent', 'variant', 'text', false, 100, null, null, null),
        ('campaign.sent', 'delivered_at', 'time', false, null, null, null, null),
        ('campaign.sent', 'segments', 'list', false, 100, null, null, null),
        ('campaign.opened', 'machine', 'boolean', false, null, null, null, null),
        ('campaign.replied', 'auto_reply', 'boolean', false, null, null, null, null),
        ('campaign.bounced', 'bounce_kind', 'choice', false, null, null, null, array['hard', 'soft']),
        ('feedback.given', 'rating', 'integer', true, null, 1, 5, null),
        ('feedback.given', 'comment', 'text', false, 20000, null, null, null),
        ('feedback.given', 'user', 'text', false, 320, null, null, null),
        ('feedback.given', 'external_id', 'text', false, 300, null, null, null),
        ('ticket.opened', 'ticket_type', 'word', true, 60, null, null, null),
        ('ticket.opened', 'status', 'choice', false, null, null, null, array['open', 'pending', 'closed']),
        ('ticket.opened', 'upheld', 'boolean', false, null, null, null, null),
        ('ticket.opened', 'subject', 'text', false, 300, null, null, null),
        ('ticket.opened', 'user', 'text', false, 320, null, null, null),
        ('ticket.opened', 'external_id', 'text', false, 300, null, null, null)
    )

    select
        o.event_type,
        o.field,
        o.type,
        o.is_required,
        o.max_length,
        o.low,
        o.high,
        o.choices
    from own_fields as o
    union all
    select
        t.event_type,
        f.field,
        f.type,
        false,
        f.max_length,
        f.low,
        f.high,
        null
    from (values ('lead.created'), ('lead.updated')) as t (event_type)
    cross join lead_fields as f
    union all
    select
        t.event_type,
        r.field,
        r.type,
        false,
        r.max_length,
        null,
        null,
        null
    from lead_types as t
    cross join (values ('lead_id', 'uuid', null), ('lead_external_id', 'text', 300)) as r (field, type, max_length)
    union all
    select
        t.event_type,
        r.field,
        r.type,
        false,
        r.max_length,
        null,
        null,
        null
    from campaign_types as t
    cross join (values ('campaign_id', 'uuid', null), ('campaign_external_id', 'text', 300)) as r (field, type, max_length)
$$;
alter function crm.event_fields() owner to leadboard_owner;

comment on function crm.event_fields() is
'The fields of every event type with their type and bounds; the fields that every event has are left out.';
