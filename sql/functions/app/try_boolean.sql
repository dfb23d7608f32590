-- A truth value out of a file: true, t, yes, y, 1 and their opposites, in any case. Anything else
-- is null, never an error.
create function app.try_boolean(p_text text)
returns boolean
language sql
immutable
parallel safe
as $$
    select
        case
            when lower(p_text) in ('true', 't', 'yes', 'y', '1') then true
            when lower(p_text) in ('false', 'f', 'no', 'n', '0') then false
        end
$$;
alter function app.try_boolean(text) owner to leadboard_owner;

comment on function app.try_boolean(text) is 'The truth value a text says, or null when it says none.';
