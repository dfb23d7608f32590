-- A figure as a sentence says it, in English (en) or Dutch (nl): a rate in percent, hours and
-- ratings with one decimal, counts as they are.
create function metrics.spoken(p_value numeric, p_unit text, p_language text)
returns text
language sql
immutable
parallel safe
as $$
    select
        replace(
            case p_unit
                when 'rate' then metrics.percent(p_value, 1)::text || '%'
                when 'hours'
                    then
                        round(p_value, 1)::text || case p_language when 'nl' then ' uur' else ' hours' end
                when 'rating' then round(p_value, 1)::text
                else round(p_value)::text
            end,
            '.',
            case p_language when 'nl' then ',' else '.' end
        )
$$;
alter function metrics.spoken(numeric, text, text) owner to leadboard_view;

comment on function metrics.spoken(numeric, text, text) is
'A figure in words of a sentence in English (en) or Dutch (nl); unit rate, hours, rating or count.';
