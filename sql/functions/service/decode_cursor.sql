-- The position that a cursor stands for: one text per sort key of the list, whose kinds (number,
-- text, uuid, line, time) are checked, so that the caller may cast them. Only a number may be NULL:
-- lists put what has none last. Clients hand cursors back unchanged; anything else they hand is
-- LB400.
create function service.decode_cursor(p_cursor text, p_kinds text[])
returns text[]
language plpgsql
stable
as $$
declare
    v_position text[];
begin
    begin
        select array_agg(k.key order by k.ordinal) into v_position
        from json_array_elements_text(
            convert_from(
                decode(
                    translate(p_cursor, '-_', '+/') || repeat('=', -length(p_cursor) & 3), 'base64'
                ),
                'UTF8'
            )::json
        ) with ordinality as k (key, ordinal);
        perform k.key::timestamptz
        from unnest(v_position, p_kinds) as k (key, kind)
        where k.kind = 'time';
    exception
        when data_exception then
            v_position := null;
    end;
    if
        cardinality(v_position) is distinct from cardinality(p_kinds)
        or exists (
            select
            from unnest(v_position, p_kinds) as k (key, kind)
            where
                not case k.kind
                    when 'number' then coalesce(k.key ~ '^-?\d{1,40}(\.\d{1,60})?$', true)
                    when 'uuid'
                        then coalesce(k.key ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$', false)
                    when 'time' then coalesce(k.key ~ '^\d{4,6}-\d\d-\d\dT[0-9:.]{8,15}\+00:00$', false)
                    when 'line' then coalesce(k.key ~ '^\d{1,9}$', false)
                    else k.key is not null
                end
        )
    then
        raise exception using errcode = 'LB400', message = 'The cursor is not one of this list.';
    end if;
    return v_position;
end
$$;
alter function service.decode_cursor(text, text[]) owner to leadboard_view;
grant execute on function service.decode_cursor(text, text[]) to leadboard_api;

comment on function service.decode_cursor(text, text[]) is
'Sort keys at which a page ended, checked by kind (number, text, uuid, line); LB400 for what is not a cursor of the list.';
