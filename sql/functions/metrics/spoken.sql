-- A figure as a sentence says it: a rate in percent, hours and ratings with one decimal, counts as
-- they are.
create function metrics.spoken(p_value numeric, p_unit text)
returns text
language sql
immutable
parallel safe
as $$
    select
        case p_unit
            when 'rate' then metrics.percent(p_value, 1)::text || ' %'
            when 'hours' then round(p_value, 1)::text || ' hours'
            when 'rating' then round(p_value, 1)::text
            else round(p_value)::text
        end
$$;
alter function metrics.spoken(numeric, text) owner to leadboard_view;
grant execute on function metrics.spoken(numeric, text) to leadboard_rollup;

comment on function metrics.spoken(numeric, text) is
'A figure in words of a sentence; unit rate, hours, rating or count.';
