-- A JSON list of texts as an array; empty for null.
create function crm.event_list(p_list jsonb)
returns text[]
language sql
immutable
parallel safe
as $$
    select coalesce(array_agg(btrim(e.word) order by e.number), '{}')
    from jsonb_array_elements_text(
        case when jsonb_typeof(p_list) = 'array' then p_list else '[]' end
    ) with ordinality as e (word, number)
$$;
alter function crm.event_list(jsonb) owner to leadboard_owner;

comment on function crm.event_list(jsonb) is 'A JSON list of texts as an array; empty for null.';
