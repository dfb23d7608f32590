-- Whether a partner takes leads of an industry: 'listed', 'any' (the partner lists none), 'unknown'
-- (the lead has none: no reason to refuse it); NULL when the industry is not among those listed.
-- Stable, not immutable, so that it is inlined: see routing.region_match.
create function routing.industry_match(p_industry text, p_industries text[])
returns text
language sql
stable
parallel safe
as $$
    select
        case
            when cardinality(p_industries) = 0 then 'any'
            when p_industry is null then 'unknown'
            when lower(p_industry) = any(
                string_to_array(lower(array_to_string(p_industries, chr(31))), chr(31))
            ) then 'listed'
        end
$$;
alter function routing.industry_match(text, text[]) owner to leadboard_owner;

comment on function routing.industry_match(text, text[]) is
'How a lead''s industry fits a partner''s list: listed, any or unknown; null when it is not listed.';
