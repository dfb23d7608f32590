-- The columns of crm.leads that a lead.updated sets, with their values: what the event names is
-- looked up, texts are trimmed, nothing else is touched. An explicit null is a value.
create function crm.event_patch(
    p_workspace_id uuid,
    p_event jsonb,
    p_scope text,
    p_branch_id uuid
)
returns jsonb
language sql
stable
as $$
    select coalesce(
        jsonb_object_agg(
            case g.field
                when 'branch' then 'branch_id'
                when 'industry' then 'industry_id'
                else g.field
            end,
            case
                when g.field = 'branch'
                    then to_jsonb(crm.event_branch(p_workspace_id, g.word, p_scope, p_branch_id))
                when g.field = 'industry' then to_jsonb(crm.event_industry(g.word))
                when g.field = 'tags' then to_jsonb(crm.event_list(g.value))
                when g.field = 'source' then to_jsonb(coalesce(nullif(btrim(g.word), ''), 'unknown'))
                when jsonb_typeof(g.value) = 'string' then to_jsonb(nullif(btrim(g.word), ''))
                else g.value
            end
        ),
        '{}'
    )
    from jsonb_each(p_event) as e (field, value)
    cross join lateral (select e.field, e.value, e.value #>> '{}') as g (field, value, word)
    where
        g.field not in (
            'type', 'event_id', 'occurred_at', 'source_system', 'actor', 'lead_id', 'lead_external_id'
        )
$$;
alter function crm.event_patch(uuid, jsonb, text, uuid) owner to leadboard_owner;

comment on function crm.event_patch(uuid, jsonb, text, uuid) is
'The columns of crm.leads that a lead.updated sets, with their values.';
