-- A figure beside that of the period before: previous value, change in percent, whether it is new
-- (there is something now and was nothing before, or nothing to compare with), and whether it got
-- better; NULL where that cannot be said, or where it is the same.
create function service.change(p_now numeric, p_before numeric, p_is_lower_better boolean)
returns json
language sql
immutable
parallel safe
as $$
    select
        json_build_object(
            'previous', trim_scale(round(p_before, 4)),
            'percent', metrics.change_percent(p_now, p_before),
            'new', p_now is not null and p_now <> 0 and coalesce(p_before, 0) = 0,
            'better', case
                when p_now <> p_before then (p_now > p_before) <> p_is_lower_better
            end
        )
$$;
alter function service.change(numeric, numeric, boolean) owner to leadboard_view;
grant execute on function service.change(numeric, numeric, boolean) to leadboard_api;

comment on function service.change(numeric, numeric, boolean) is
'Previous value, change in percent, whether it is new and whether it is better, as JSON.';
