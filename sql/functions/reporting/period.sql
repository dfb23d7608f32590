-- The days of a report as JSON: first and last local day, how many, and the zone they are of.
-- is_complete is false while the last of them is not over.
create function reporting.period(p_from_day date, p_to_day date, p_zone text)
returns jsonb
language sql
stable
parallel safe
as $$
    select
        jsonb_build_object(
            'start', p_from_day,
            'end', p_to_day - 1,
            'days', p_to_day - p_from_day,
            'timezone', p_zone,
            'is_complete', app.now() >= app.day_start(p_to_day, p_zone)
        )
$$;
alter function reporting.period(date, date, text) owner to leadboard_rollup;

comment on function reporting.period(date, date, text) is
'The local days [p_from_day, p_to_day) of a report as JSON.';
