-- Somebody's text inside a message: in quotes, on one line, and short.
create function crm.quoted(p_text text)
returns text
language sql
immutable
parallel safe
as $$
    select
        '"' || regexp_replace(left(p_text, 60), '[[:cntrl:]]', ' ', 'g')
        || case when char_length(p_text) > 60 then '...' else '' end || '"'
$$;
alter function crm.quoted(text) owner to leadboard_owner;

comment on function crm.quoted(text) is 'A text for use inside a message: quoted, on one line, at most 60 characters; null for null.';
