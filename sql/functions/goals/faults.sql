-- What is wrong with goals that somebody wants to set: one row per fault, with the field it is
-- about.
create function goals.faults(p_period text, p_goals jsonb)
returns table (field text, message text)
language sql
stable
as $$
    with bounds (field, low, high, is_whole) as (
        values
        ('conversions', 1, 1000000, true),
        ('revenue', 0.01, 999999999999, false),
        ('responseTimeHours', 0.01, 8760, false)
    ),

    given as (
        select
            g.key as field,
            case when jsonb_typeof(g.value) = 'number' then g.value::text::numeric end as value
        from jsonb_each(case when jsonb_typeof(p_goals) = 'object' then p_goals else '{}' end) as g
    )

    select
        'period' as field,
        'One of monthly, quarterly, yearly.' as message
    where coalesce(p_period not in ('monthly', 'quarterly', 'yearly'), true)
    union all
    select
        'goals',
        'An object with at least one of conversions, revenue, responseTimeHours.'
    where jsonb_typeof(p_goals) is distinct from 'object' or p_goals = '{}'
    union all
    select
        'goals.' || g.field,
        case
            when b.field is null then 'There is no such goal.'
            when b.is_whole then format('A whole number from %s to %s.', b.low, b.high)
            else format('A number from %s to %s.', b.low, b.high)
        end
    from given as g
    left join bounds as b on b.field = g.field
    where
        b.field is null
        or g.value is null
        or g.value not between b.low and b.high
        or (b.is_whole and g.value <> trunc(g.value))
$$;
alter function goals.faults(text, jsonb) owner to leadboard_owner;

comment on function goals.faults(text, jsonb) is
'What is wrong with goals somebody wants to set: field and message, one row per fault.';
