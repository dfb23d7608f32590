-- A figure in a sentence: one decimal, with the decimal sign of the language. A dash for null.
create function routing.figure(p_value text, p_language text)
returns text
language sql
immutable
parallel safe
as $$
    select
        coalesce(
            replace(
                round(p_value::numeric, 1)::text, '.', case p_language when 'nl' then ',' else '.' end
            ),
            '-'
        )
$$;
alter function routing.figure(text, text) owner to leadboard_owner;

comment on function routing.figure(text, text) is
'A figure with one decimal, as the language writes it.';
