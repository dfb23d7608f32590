-- A figure as a report shows it, rounded here and nowhere else: percents and minutes to one
-- decimal, seconds and counts to whole numbers; the change by metrics.change_percent of the
-- unrounded values. Without a previous value (a daily report) the change is left out. direction:
-- up, down or flat; better: whether that is good, by the direction of the metric. Both are null
-- when either value is missing. new: there is something now and nothing before.
create function reporting.figure(
    p_key text,
    p_unit text,
    p_is_better_lower boolean,
    p_value numeric,
    p_numerator numeric,
    p_denominator numeric,
    p_has_previous boolean,
    p_previous numeric
)
returns jsonb
language sql
immutable
parallel safe
as $$
    select
        jsonb_build_object(
            'key', p_key,
            'unit', p_unit,
            'value', case
                when p_unit = 'percent' then metrics.percent(p_numerator, p_denominator)
                when p_unit = 'minutes' then round(p_value, 1)
                else round(p_value)
            end,
            'numerator', case when p_unit = 'percent' then p_numerator end,
            'denominator', case when p_unit = 'percent' then p_denominator end
        )
        || case
            when p_has_previous then jsonb_build_object(
                'previous', round(p_previous, case when p_unit in ('percent', 'minutes') then 1 else 0 end),
                'change', metrics.change_percent(p_value, p_previous),
                'direction', case
                    when p_value > p_previous then 'up'
                    when p_value < p_previous then 'down'
                    when p_value = p_previous then 'flat'
                end,
                'better', case
                    when p_value <> p_previous then (p_value > p_previous) <> p_is_better_lower
                end,
                'new', coalesce(p_value > 0 and coalesce(p_previous, 0) = 0, false)
            )
            else '{}'
        end
$$;
alter function reporting.figure(text, text, boolean, numeric, numeric, numeric, boolean, numeric)
owner to leadboard_rollup;

comment on function reporting.figure(text, text, boolean, numeric, numeric, numeric, boolean, numeric) is
'A figure of a report as JSON: value rounded to its unit, numerator and denominator of a rate, and the change against the previous value.';
