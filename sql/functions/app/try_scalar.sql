-- A cell as a JSON value: a plain number becomes a number, anything else (007, 1e5, a text) a
-- string.
create function app.try_scalar(p_text text)
returns jsonb
language sql
immutable
parallel safe
as $$
    select
        case
            when p_text ~ '^-?(0|[1-9]\d{0,14})(\.\d{1,15})?$' then p_text::jsonb
            else to_jsonb(p_text)
        end
$$;
alter function app.try_scalar(text) owner to leadboard_owner;

comment on function app.try_scalar(text) is 'A text as a JSON number where it is a plain one, else as a JSON string.';
