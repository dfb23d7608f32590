-- Every beginning of a postcode, in lower case and without spaces: what a partner may have listed
-- to serve it. NULL for null, empty for a blank one.
create function routing.postcode_starts(p_postcode text)
returns text[]
language sql
immutable
parallel safe
as $$
    select array_agg(left(c.postcode, n.length))
    from (select lower(replace(p_postcode, ' ', '')) as postcode) as c
    cross join generate_series(1, length(c.postcode)) as n (length)
$$;
alter function routing.postcode_starts(text) owner to leadboard_owner;

comment on function routing.postcode_starts(text) is
'Every beginning of a postcode, in lower case and without spaces; null when there is none.';
