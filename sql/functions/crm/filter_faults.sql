-- What is wrong with a segment's rule: one row per fault, with the field it is about; no row when
-- nothing is. Keys that are not written down here are refused: a rule that was misspelled would
-- mean more leads than its author thinks.
create function crm.filter_faults(p_filter jsonb)
returns table (field text, message text)
language sql
stable
as $$
    with keys (field, type, max_length, choices) as (
        values
        ('sources', 'list', 100, null::text[]),
        ('statuses', 'list', 60, crm.lead_statuses()),
        ('countries', 'list', 100, null),
        ('roles', 'list', 200, null),
        ('company_sizes', 'list', 60, null),
        ('industries', 'list', 200, null),
        ('tags', 'list', 200, null),
        ('min_score', 'number', null, null),
        ('max_score', 'number', null, null),
        ('has_email', 'boolean', null, null),
        ('has_phone', 'boolean', null, null),
        ('created_after', 'time', null, null),
        ('created_before', 'time', null, null)
    ),

    given as (
        select
            g.key as field,
            g.value,
            jsonb_typeof(g.value) as json_type,
            k.type,
            k.max_length,
            k.choices
        from jsonb_each(case when jsonb_typeof(p_filter) = 'object' then p_filter else '{}' end) as g
        left join keys as k on k.field = g.key
    ),

    faults as (
        select
            g.field,
            case
                when g.type is null then 'There is no such key.'
                when
                    g.type = 'list'
                    and (
                        g.json_type <> 'array'
                        or jsonb_path_exists(g.value, '$[*] ? (@.type() != "string")')
                    )
                    then 'A list of texts.'
                when g.type = 'list' and jsonb_array_length(g.value) not between 1 and 100
                    then 'A list of 1 to 100 values.'
                when
                    g.type = 'list'
                    and exists (
                        select from jsonb_array_elements_text(g.value) as v (word)
                        where char_length(v.word) not between 1 and g.max_length
                    )
                    then format('Values of 1 to %s characters.', g.max_length)
                when
                    g.choices is not null
                    and exists (
                        select from jsonb_array_elements_text(g.value) as v (word)
                        where v.word <> all(g.choices)
                    )
                    then format('Each one of %s.', array_to_string(g.choices, ', '))
                when
                    g.type = 'number'
                    and (g.json_type <> 'number' or (g.value #>> '{}')::numeric not between -1e9 and 1e9)
                    then 'A number from -1000000000 to 1000000000.'
                when g.type = 'boolean' and g.json_type <> 'boolean' then 'true or false.'
                when
                    g.type = 'time'
                    and (
                        g.json_type <> 'string'
                        or g.value #>> '{}' !~* '^\d{4}-\d\d-\d\d[t ]\d\d:\d\d(:\d\d(\.\d+)?)?(z|[+-]\d\d:?\d\d)$'
                        or app.try_time(g.value #>> '{}', 'iso', 'UTC') is null
                    )
                    then 'A possible time in the form of RFC 3339, with its offset.'
            end as message
        from given as g
    )

    select
        '' as field,
        'A rule is an object.' as message
    where jsonb_typeof(p_filter) is distinct from 'object'
    union all
    select
        f.field,
        f.message
    from faults as f
    where f.message is not null
    union all
    select
        r.high,
        format('Not below %s.', r.low)
    from (
        values
        ('min_score', 'max_score', p_filter -> 'min_score' > p_filter -> 'max_score'),
        (
            'created_after',
            'created_before',
            app.try_time(p_filter ->> 'created_after', 'iso', 'UTC')
            > app.try_time(p_filter ->> 'created_before', 'iso', 'UTC')
        )
    ) as r (low, high, is_turned)
    where
        r.is_turned
        and not exists (select from faults as f where f.field in (r.low, r.high) and f.message is not null)
$$;
alter function crm.filter_faults(jsonb) owner to leadboard_owner;

comment on function crm.filter_faults(jsonb) is
'What is wrong with a segment''s rule: field and message; no row when nothing is.';
