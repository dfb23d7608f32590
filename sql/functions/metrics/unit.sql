-- In what a metric of an insight is measured: rate (0-1), hours, rating (1-5) or count.
create function metrics.unit(p_metric text)
returns text
language sql
immutable
parallel safe
as $$
    select
        case p_metric
            when 'response_time' then 'hours'
            when 'satisfaction' then 'rating'
            when 'wins' then 'count'
            when 'tasks_completed' then 'count'
            else 'rate'
        end
$$;
alter function metrics.unit(text) owner to leadboard_view;
grant execute on function metrics.unit(text) to leadboard_rollup;

comment on function metrics.unit(text) is
'In what a metric of an insight is measured: rate, hours, rating or count.';
