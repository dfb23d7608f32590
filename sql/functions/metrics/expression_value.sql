-- The value of a metric for one person: a valid expression (metrics.expression_faults) over the
-- person's figures by name. Unrounded; NULL where a column is NULL, or a ratio divides by nothing.
-- n is the denominator of a ratio, NULL for the other forms; hits its numerator.
create function metrics.expression_value(p_expression jsonb, p_figures jsonb)
returns table (value numeric, hits numeric, n numeric)
language sql
immutable
parallel safe
as $$
    select
        case p_expression ->> 'op'
            when 'ratio' then r.hits / nullif(r.n, 0)
            when 'sum'
                then (
                    select case when count(s.figure) = count(*) then sum(s.figure) end
                    from (
                        select (p_figures ->> c.name)::numeric as figure
                        from jsonb_array_elements_text(p_expression -> 'columns') as c (name)
                    ) as s
                )
            else
                (
                    select case when count(s.figure) = count(*) then sum(s.weight * s.figure) end
                    from (
                        select
                            (t.term ->> 'weight')::numeric as weight,
                            (p_figures ->> (t.term ->> 'column'))::numeric as figure
                        from jsonb_array_elements(p_expression -> 'terms') as t (term)
                    ) as s
                )
        end as value,
        r.hits,
        r.n
    from (
        select
            (p_figures ->> (p_expression ->> 'numerator'))::numeric as hits,
            (p_figures ->> (p_expression ->> 'denominator'))::numeric as n
    ) as r
$$;
alter function metrics.expression_value(jsonb, jsonb) owner to leadboard_view;
grant execute on function metrics.expression_value(jsonb, jsonb) to leadboard_rollup;

comment on function metrics.expression_value(jsonb, jsonb) is
'Value of a valid metric expression over figures by name; hits and n of a ratio.';
