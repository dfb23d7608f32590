-- English names of ISO weekdays, in order.
create function reporting.weekday_names(p_days integer[])
returns jsonb
language sql
stable
parallel safe
as $$
    select
        jsonb_agg(
            (array['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'])[d.day]
            order by d.day
        )
    from unnest(p_days) as d (day)
$$;
alter function reporting.weekday_names(integer[]) owner to leadboard_owner;

comment on function reporting.weekday_names(integer[]) is
'English names of ISO weekdays, as a JSON list in the order of the week.';
