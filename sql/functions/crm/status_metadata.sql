-- What the activity of a status change remembers; a conversion also the deal's value at the time.
create function crm.status_metadata(p_from text, p_to text, p_deal_value numeric)
returns jsonb
language sql
stable
parallel safe
as $$
    select
        case p_to
            when 'won'
                then pg_catalog.jsonb_build_object(
                    'from', p_from, 'to', p_to, 'deal_value', p_deal_value
                )
            else pg_catalog.jsonb_build_object('from', p_from, 'to', p_to)
        end
$$;
alter function crm.status_metadata(text, text, numeric) owner to leadboard_owner;

comment on function crm.status_metadata(text, text, numeric) is
'Metadata of the activity of a status change: from, to, and for a conversion deal_value.';
