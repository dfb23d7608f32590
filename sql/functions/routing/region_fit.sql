-- The part region fit of a candidate's total (METRICS 3.2): exact 100, province or region 70,
-- national 40. A lead that does not say where it is fits nobody better than a national partner.
-- NULL for a partner who does not serve the region: refused.
create function routing.region_fit(p_region_match text)
returns numeric
language sql
immutable
parallel safe
as $$
    select
        case p_region_match
            when 'location' then 100
            when 'region' then 70
            when 'national' then 40
            when 'unknown' then 40
        end::numeric
$$;
alter function routing.region_fit(text) owner to leadboard_owner;

comment on function routing.region_fit(text) is
'Region fit (0-100) of a match that routing.region_match found; null for null.';
