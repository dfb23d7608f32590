-- The calendar period (monthly, quarterly, yearly) that a local day lies in: its first day and the
-- day after its last.
create function goals.bounds(p_period text, p_day date)
returns table (first_day date, next_day date)
language sql
stable
parallel safe
as $$
    select
        date_trunc(u.unit, p_day::timestamp)::date as first_day,
        (date_trunc(u.unit, p_day::timestamp) + u.length)::date as next_day
    from (
        values
        ('monthly', 'month', interval '1 month'),
        ('quarterly', 'quarter', interval '3 months'),
        ('yearly', 'year', interval '1 year')
    ) as u (period, unit, length)
    where u.period = p_period
$$;
alter function goals.bounds(text, date) owner to leadboard_view;
grant execute on function goals.bounds(text, date) to leadboard_owner;

comment on function goals.bounds(text, date) is
'First day, and day after the last, of the month, quarter or year that a day lies in.';
