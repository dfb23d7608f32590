-- The first moment at which a schedule is due at or after p_from. A weekday comes round within a
-- week; the days more are for zones that skip one.
create function reporting.next_due_at(
    p_time time, p_days integer[], p_zone text, p_from timestamptz
)
returns timestamptz
language sql
immutable
parallel safe
as $$
    select min(o.due_at)
    from reporting.occurrences(
        p_time, p_days, p_zone, p_from, p_from + interval '9 days'
    ) as o
$$;
alter function reporting.next_due_at(time, integer[], text, timestamptz) owner to leadboard_owner;

comment on function reporting.next_due_at(time, integer[], text, timestamptz) is
'First moment at or after p_from at which a schedule (time, ISO weekdays, zone) is due.';
