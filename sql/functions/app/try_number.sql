-- A number out of a file: 1234.5, -3, 1,234.50 (groups of three, if any, must be well-formed). With
-- p_decimal = ',' the comma is the decimal sign and the point groups. Anything else is null, never
-- an error: exponents, NaN, infinity, currency signs, more than 30 digits.
create function app.try_number(p_text text, p_decimal text)
returns numeric
language sql
immutable
parallel safe
as $$
    select
        case
            when
                p_decimal = '.'
                and p_text ~ '^[+-]?(\d{1,30}|\d{1,3}(,\d{3}){1,9})(\.\d{1,30})?$'
                then replace(p_text, ',', '')::numeric
            when
                p_decimal = ','
                and p_text ~ '^[+-]?(\d{1,30}|\d{1,3}(\.\d{3}){1,9})(,\d{1,30})?$'
                then replace(replace(p_text, '.', ''), ',', '.')::numeric
        end
$$;
alter function app.try_number(text, text) owner to leadboard_owner;

comment on function app.try_number(text, text) is
'The number a text says with the given decimal sign (. or ,), or null when it says none.';
