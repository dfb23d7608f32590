-- JSON out of the json type, which keeps any text, into jsonb, which cannot hold a NUL character or
-- half a surrogate pair. Null when it cannot.
create function app.try_json(p_json json)
returns jsonb
language plpgsql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    return p_json::jsonb;
exception
    when untranslatable_character or invalid_text_representation or program_limit_exceeded
        or numeric_value_out_of_range then
        return null;
end
$$;
alter function app.try_json(json) owner to leadboard_owner;

comment on function app.try_json(json) is 'The same as jsonb, or null when jsonb cannot hold it (a NUL character).';
