-- What is wrong with proposed settings: one row per fault, with the field it is about. p_settings
-- is an object with the fields of routing.settings_body that can be set; a field left out keeps its
-- value. Shared by routing.change_settings and routing.simulate.
create function routing.settings_faults(p_workspace_id uuid, p_settings jsonb)
returns table (field text, message text)
language sql
stable
as $$
    with bounds (field, low, high, is_whole) as (
        values
        ('regionWeight', 0, 100, true),
        ('performanceWeight', 0, 100, true),
        ('fairnessWeight', 0, 100, true),
        ('acceptMinutes', 1, 43200, true),
        ('explorationShare', 0, 0.5, false),
        ('maxHops', 1, 50, true)
    ),

    given as (
        select
            g.key as field,
            g.value
        from jsonb_each(case when jsonb_typeof(p_settings) = 'object' then p_settings else '{}' end) as g
    ),

    numbers as (
        select
            g.field,
            b.low,
            b.high,
            b.is_whole,
            case when jsonb_typeof(g.value) = 'number' then g.value::text::numeric end as value
        from given as g
        inner join bounds as b on b.field = g.field
    ),

    weights as (
        select
            w.key as part,
            case when jsonb_typeof(w.value) = 'number' then w.value::text::numeric end as value
        from given as g
        cross join lateral jsonb_each(
            case when jsonb_typeof(g.value) = 'object' then g.value else '{}' end
        ) as w
        where g.field = 'scoreWeights'
    )

    select
        '' as field,
        'Settings are an object.' as message
    where jsonb_typeof(p_settings) is distinct from 'object'
    union all
    select
        g.field,
        'There is no such setting.'
    from given as g
    where
        g.field not in (select b.field from bounds as b)
        and g.field not in ('dealValueBasis', 'scoreWeights')
    union all
    select
        n.field,
        case
            when n.is_whole then format('A whole number from %s to %s.', n.low, n.high)
            else format('A number from %s to %s.', n.low, n.high)
        end
    from numbers as n
    where
        n.value is null
        or not n.value between n.low and n.high
        or (n.is_whole and n.value <> trunc(n.value))
    union all
    select
        'regionWeight',
        'The three sliders may not all be 0.'
    from routing.active_settings(p_workspace_id) as s
    where
        coalesce((select n.value from numbers as n where n.field = 'regionWeight'), s.region_weight) = 0
        and coalesce(
            (select n.value from numbers as n where n.field = 'performanceWeight'), s.performance_weight
        ) = 0
        and coalesce(
            (select n.value from numbers as n where n.field = 'fairnessWeight'), s.fairness_weight
        ) = 0
    union all
    select
        g.field,
        'deal_value or price_at_purchase.'
    from given as g
    where
        g.field = 'dealValueBasis'
        and g.value not in ('"deal_value"'::jsonb, '"price_at_purchase"'::jsonb)
    union all
    select
        g.field,
        'An object with a weight for each part: ' || array_to_string(scoring.parts(), ', ') || '.'
    from given as g
    where
        g.field = 'scoreWeights'
        and (
            jsonb_typeof(g.value) <> 'object'
            or (select coalesce(array_agg(w.part order by w.part), '{}') from weights as w)
            <> (select array_agg(p.part order by p.part) from unnest(scoring.parts()) as p (part))
        )
    union all
    select
        'scoreWeights.' || w.part,
        'A number from 0 to 1.'
    from weights as w
    where w.part = any(scoring.parts()) and (w.value is null or not w.value between 0 and 1)
    union all
    select
        'scoreWeights',
        'The weights may not all be 0.'
    from weights as w
    having count(*) > 0 and bool_and(w.value = 0)
$$;
alter function routing.settings_faults(uuid, jsonb) owner to leadboard_owner;

comment on function routing.settings_faults(uuid, jsonb) is
'What is wrong with proposed routing settings: field and message; no row when nothing is.';
