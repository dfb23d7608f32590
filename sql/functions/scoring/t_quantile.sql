-- 97.5 % quantile of Student's t distribution: the expansion of Abramowitz and Stegun 26.7.5 around
-- the normal quantile, within 0.05 % from 4 degrees of freedom on. NULL below 1 degree.
create function scoring.t_quantile(p_degrees numeric)
returns numeric
language sql
immutable
parallel safe
as $$
    select
        case
            when p_degrees >= 1
                then
                    z.z
                    + (z.z ^ 3 + z.z) / 4 / p_degrees
                    + (5 * z.z ^ 5 + 16 * z.z ^ 3 + 3 * z.z) / 96 / p_degrees ^ 2
                    + (3 * z.z ^ 7 + 19 * z.z ^ 5 + 17 * z.z ^ 3 - 15 * z.z) / 384 / p_degrees ^ 3
                    + (
                        79 * z.z ^ 9 + 776 * z.z ^ 7 + 1482 * z.z ^ 5 - 1920 * z.z ^ 3 - 945 * z.z
                    ) / 92160 / p_degrees ^ 4
        end
    from (select 1.959963984540054 as z) as z
$$;
alter function scoring.t_quantile(numeric) owner to leadboard_view;
grant execute on function scoring.t_quantile(numeric) to leadboard_rollup;

comment on function scoring.t_quantile(numeric) is
'97.5 % quantile of Student''s t distribution with so many degrees of freedom (not necessarily whole); null below 1.';
