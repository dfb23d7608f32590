-- A list out of one cell: parts trimmed, empty ones left out, order and repeats kept.
create function app.try_list(p_text text, p_separator text)
returns text[]
language sql
immutable
parallel safe
as $$
    select array_agg(btrim(part.value) order by part.number)
    from string_to_table(p_text, p_separator) with ordinality as part (value, number)
    where btrim(part.value) <> ''
$$;
alter function app.try_list(text, text) owner to leadboard_owner;

comment on function app.try_list(text, text) is 'The parts of a text between separators; null when there are none.';
