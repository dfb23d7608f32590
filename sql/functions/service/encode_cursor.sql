-- Where a page ended, as a client carries it back: JSON in base64url, which needs no escaping in a
-- URL.
create function service.encode_cursor(p_position json)
returns text
language sql
immutable
parallel safe
as $$
    select
        pg_catalog.translate(
            pg_catalog.encode(pg_catalog.convert_to(p_position::text, 'UTF8'), 'base64'),
            E'+/=\n',
            '-_'
        )
$$;
alter function service.encode_cursor(json) owner to leadboard_view;
grant execute on function service.encode_cursor(json) to leadboard_api;

comment on function service.encode_cursor(json) is
'Position in a list as an opaque cursor; null for null.';
