-- The entity tag of what an answer depends on. Weak: it promises the same figures, not the same
-- bytes. Two 64-bit hashes: a tag has to differ, not to keep a secret. Stable as array_to_string
-- is, so it inlines.
create function service.etag(variadic p_parts text[])
returns text
language sql
stable
parallel safe
as $$
    select
        'W/"'
        || to_hex(hashtextextended(array_to_string(p_parts, chr(31), '~'), 0))
        || to_hex(hashtextextended(array_to_string(p_parts, chr(31), '~'), 1))
        || '"'
$$;
alter function service.etag(text[]) owner to leadboard_view;
grant execute on function service.etag(text[]) to leadboard_api;

comment on function service.etag(text[]) is 'Weak entity tag of everything an answer depends on.';
