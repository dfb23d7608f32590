-- The columns that the expression of a metric reads. The expression is valid
-- (metrics.expression_faults).
create function metrics.expression_columns(p_expression jsonb)
returns text[]
language sql
immutable
parallel safe
as $$
    select
        case p_expression ->> 'op'
            when 'ratio' then array[p_expression ->> 'numerator', p_expression ->> 'denominator']
            when 'sum' then array(select jsonb_array_elements_text(p_expression -> 'columns'))
            else array(select t.term ->> 'column' from jsonb_array_elements(p_expression -> 'terms') as t (term))
        end
$$;
alter function metrics.expression_columns(jsonb) owner to leadboard_view;
grant execute on function metrics.expression_columns(jsonb) to leadboard_rollup;

comment on function metrics.expression_columns(jsonb) is
'Names of the columns of rep performance that a valid expression reads.';
