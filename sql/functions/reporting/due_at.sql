-- The moment a report is due on a local day: the first one at which the clocks of the zone show the
-- time of day or a later one. A time that the clocks skip is due when they go on; a time that they
-- show twice is due the first time, once.
-- The two offsets around the day say whether the clocks change in between. Only in a gap, where the
-- time exists under neither, are its minutes looked through.
create function reporting.due_at(p_day date, p_time time, p_zone text)
returns timestamptz
language sql
immutable
parallel safe
as $$
    select
        coalesce(
            (
                select min(c.at)
                from (values (o.early), (o.late)) as c (at)
                where c.at at time zone p_zone = p_day + p_time
            ),
            (
                select min(m.at)
                from generate_series(
                    least(o.early, o.late), greatest(o.early, o.late), interval '1 minute'
                ) as m (at)
                where m.at at time zone p_zone >= p_day + p_time
            )
        )
    from (
        select
            (p_day + p_time - (b.before at time zone p_zone - b.before at time zone 'UTC'))
            at time zone 'UTC' as early,
            (p_day + p_time - (b.after at time zone p_zone - b.after at time zone 'UTC'))
            at time zone 'UTC' as late
        from (
            select
                (p_day + p_time - interval '26 hours') at time zone 'UTC' as before,
                (p_day + p_time + interval '26 hours') at time zone 'UTC' as after
        ) as b
    ) as o
$$;
alter function reporting.due_at(date, time, text) owner to leadboard_owner;

comment on function reporting.due_at(date, time, text) is
'First moment of a local day at which the clocks of a zone show the time or a later one: skipped times are due when the clocks go on, repeated ones once.';
