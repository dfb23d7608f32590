-- What a timeline adds to an activity: its metadata, leadId, and for a conversion revenue: the
-- value of the lead now, NULL where it is not known or the reader may not see the lead.
create function crm.timeline_metadata(
    p_metadata jsonb, p_lead_id uuid, p_type text, p_value numeric
)
returns jsonb
language sql
immutable
parallel safe
as $$
    select
        p_metadata
        || pg_catalog.jsonb_build_object('leadId', p_lead_id)
        || case
            when p_type = 'conversion' then pg_catalog.jsonb_build_object('revenue', p_value)
            else '{}'
        end
$$;
alter function crm.timeline_metadata(jsonb, uuid, text, numeric) owner to leadboard_owner;
grant execute on function crm.timeline_metadata(jsonb, uuid, text, numeric)
to leadboard_view, leadboard_api, leadboard_bi;

comment on function crm.timeline_metadata(jsonb, uuid, text, numeric) is
'Metadata of an activity with leadId, and revenue for a conversion.';
