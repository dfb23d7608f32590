-- How well a partner's places fit a lead: 'location' (the postcode, or the beginning of it, is
-- listed), 'region' (the province is listed), 'national' (the partner lists nothing), 'unknown'
-- (the lead does not say what the partner's lists ask for: no reason to refuse it); NULL when the
-- lead is elsewhere. Upper and lower case and spaces do not matter.
-- As constant as its arguments, but called stable: array_to_string is, and a function that claims
-- more than its body is not inlined.
-- p_postcode_starts is routing.postcode_starts(postcode), made once per lead.
create function routing.region_match(
    p_postcode_starts text[], p_province text, p_locations text[], p_regions text[]
)
returns text
language sql
stable
parallel safe
as $$
    select
        case
            when
                cardinality(p_locations) > 0
                and string_to_array(
                    lower(replace(array_to_string(p_locations, chr(31)), ' ', '')), chr(31)
                ) && p_postcode_starts
                then 'location'
            when
                cardinality(p_regions) > 0
                and lower(btrim(p_province)) = any(
                    string_to_array(lower(array_to_string(p_regions, chr(31))), chr(31))
                )
                then 'region'
            when cardinality(p_locations) = 0 and cardinality(p_regions) = 0 then 'national'
            when
                (cardinality(p_locations) > 0 and coalesce(cardinality(p_postcode_starts), 0) = 0)
                or (cardinality(p_regions) > 0 and coalesce(btrim(p_province), '') = '')
                then 'unknown'
        end
$$;
alter function routing.region_match(text[], text, text[], text[]) owner to leadboard_owner;

comment on function routing.region_match(text[], text, text[], text[]) is
'How a partner''s places fit a lead: location, region, national or unknown; null when the lead is elsewhere.';
