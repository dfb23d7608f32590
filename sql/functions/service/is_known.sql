-- Whether the tags that a client sent (the header If-None-Match: one tag, or a list) hold this one.
-- Tags are compared weakly, as RFC 9110 wants for GET: by the quoted part alone.
create function service.is_known(p_known text, p_etag text)
returns boolean
language sql
immutable
parallel safe
as $$
    select pg_catalog.strpos(coalesce(p_known, ''), pg_catalog.ltrim(p_etag, 'W/')) > 0
$$;
alter function service.is_known(text, text) owner to leadboard_view;
grant execute on function service.is_known(text, text) to leadboard_api;

comment on function service.is_known(text, text) is
'True when the value of If-None-Match names the entity tag; false for null.';
