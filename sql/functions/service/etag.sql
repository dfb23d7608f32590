-- The entity tag of what an answer depends on. Weak: it promises the same figures, not the same
-- bytes.
create function service.etag(variadic p_parts text[])
returns text
language sql
immutable
parallel safe
as $$
    select
        'W/"'
        || left(encode(sha256(convert_to(array_to_string(p_parts, chr(31), '~'), 'UTF8')), 'hex'), 32)
        || '"'
$$;
alter function service.etag(text[]) owner to leadboard_view;
grant execute on function service.etag(text[]) to leadboard_api;

comment on function service.etag(text[]) is 'Weak entity tag of everything an answer depends on.';
