-- What the activity of a call remembers of it.
create function crm.call_metadata(p_direction text, p_status text, p_outcome text)
returns jsonb
language sql
stable
parallel safe
as $$
    select
        pg_catalog.jsonb_build_object(
            'direction', p_direction, 'status', p_status, 'outcome', p_outcome
        )
$$;
alter function crm.call_metadata(text, text, text) owner to leadboard_owner;

comment on function crm.call_metadata(text, text, text) is
'Metadata of the activity of a call: direction, status, outcome.';
