-- The number of a weekday by its English name, 1 is Monday; null for anything else.
create function reporting.weekday(p_name text)
returns integer
language sql
immutable
parallel safe
as $$
    select
        array_position(
            array['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'],
            lower(p_name)
        )
$$;
alter function reporting.weekday(text) owner to leadboard_owner;

comment on function reporting.weekday(text) is
'ISO number of a weekday by its English name, 1 is Monday; null for anything else.';
