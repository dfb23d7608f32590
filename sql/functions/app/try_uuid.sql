-- A UUID in its usual form with hyphens; anything else, 32 bare digits included, is null, because
-- such keys are other systems' external ids.
create function app.try_uuid(p_text text)
returns uuid
language sql
immutable
parallel safe
as $$
    select
        case
            when p_text ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then p_text::uuid
        end
$$;
alter function app.try_uuid(text) owner to leadboard_owner;

comment on function app.try_uuid(text) is 'The UUID a text is, or null.';
