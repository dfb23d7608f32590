-- What an answered call has to end with to count as interest: interest itself or what goes beyond
-- it, as in the funnel ("reached or passed"). METRICS section 5.
create function crm.is_interested(p_outcome text)
returns boolean
language sql
immutable
parallel safe
as $$
    select coalesce(p_outcome in ('interested', 'booked', 'converted'), false)
$$;
alter function crm.is_interested(text) owner to leadboard_owner;
grant execute on function crm.is_interested(text) to leadboard_rollup, leadboard_view;

comment on function crm.is_interested(text) is
'Whether a call with this outcome ended with interest or more: interested, booked or converted.';
