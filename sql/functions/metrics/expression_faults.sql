-- What is wrong with the expression of a custom metric; no row when it can be evaluated
-- (metrics.expression_value). The three closed forms:
--   {"op": "ratio", "numerator": "campaign_replies", "denominator": "leads_worked"}    two counts
--   {"op": "sum", "columns": ["tasks_completed", "campaign_replies"]}                  1-10 columns
--   {"op": "weighted", "terms": [{"column": "won_leads", "weight": 10}, ...]}          1-10 terms
-- Columns are those of metrics.rep_columns, each once; weights are not 0 and within +-1000000.
-- Grain: one row per fault: the field, and a sentence.
create function metrics.expression_faults(p_expression jsonb)
returns table (field text, message text)
language sql
immutable
parallel safe
as $$
    with form as (
        select
            e.op,
            case e.op
                when 'ratio' then array['op', 'numerator', 'denominator']
                when 'sum' then array['op', 'columns']
                when 'weighted' then array['op', 'terms']
            end as keys
        from (
            select
                case when jsonb_typeof(p_expression) = 'object' then p_expression ->> 'op' end as op
        ) as e
    ),

    listed as (
        select
            case f.op when 'sum' then p_expression -> 'columns' else p_expression -> 'terms' end as items
        from form as f
        where f.op in ('sum', 'weighted')
    ),

    items as (
        select
            t.item,
            t.ordinal - 1 as place
        from listed as l
        cross join lateral jsonb_array_elements(
            case when jsonb_typeof(l.items) = 'array' then l.items else '[]' end
        ) with ordinality as t (item, ordinal)
    ),

    named as (
        select
            'numerator' as field,
            p_expression -> 'numerator' as name,
            true as is_count
        from form as f
        where f.op = 'ratio'
        union all
        select
            'denominator',
            p_expression -> 'denominator',
            true
        from form as f
        where f.op = 'ratio'
        union all
        select
            'columns.' || i.place,
            i.item,
            false
        from items as i
        cross join form as f
        where f.op = 'sum'
        union all
        select
            'terms.' || i.place || '.column',
            case when jsonb_typeof(i.item) = 'object' then i.item -> 'column' end,
            false
        from items as i
        cross join form as f
        where f.op = 'weighted'
    )

    select
        'op' as field,
        'One of ratio, sum and weighted.' as message
    from form as f
    where f.keys is null
    union all
    select
        k.key,
        'There is no such field here.'
    from form as f
    cross join lateral jsonb_object_keys(
        case when f.keys is not null then p_expression else '{}' end
    ) as k (key)
    where k.key <> all(f.keys)
    union all
    select
        case f.op when 'sum' then 'columns' else 'terms' end,
        'A list of 1 to 10.'
    from listed as l
    cross join form as f
    where
        case when jsonb_typeof(l.items) = 'array' then jsonb_array_length(l.items) else 0 end
        not between 1 and 10
    union all
    select
        n.field,
        case
            when n.is_count then 'The name of a count of rep performance.'
            else 'The name of a column of rep performance.'
        end
    from named as n
    where
        not exists (
            select from metrics.rep_columns() as c
            where to_jsonb(c.name) = n.name and (c.is_count or not n.is_count)
        )
    union all
    select
        min(n.field),
        'A column may be used once.'
    from named as n
    where n.name is not null
    group by n.name
    having count(*) > 1
    union all
    select
        'terms.' || i.place,
        'A column and a weight, and nothing else.'
    from items as i
    cross join form as f
    where
        f.op = 'weighted'
        and (
            jsonb_typeof(i.item) <> 'object'
            or i.item - array['column', 'weight'] <> '{}'
        )
    union all
    select
        'terms.' || i.place || '.weight',
        'A number other than 0, within +-1000000.'
    from items as i
    cross join form as f
    where
        f.op = 'weighted'
        and case
            when jsonb_typeof(i.item) <> 'object' then false
            when jsonb_typeof(i.item -> 'weight') is distinct from 'number' then true
            else
                (i.item ->> 'weight')::numeric = 0
                or abs((i.item ->> 'weight')::numeric) > 1000000
        end
$$;
alter function metrics.expression_faults(jsonb) owner to leadboard_view;
grant execute on function metrics.expression_faults(jsonb) to leadboard_owner;

comment on function metrics.expression_faults(jsonb) is
'Faults of the expression of a custom metric, one row per field; none when it is valid.';
