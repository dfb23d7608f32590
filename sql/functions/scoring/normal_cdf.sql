-- Distribution function of the standard normal distribution: the rational approximation of Hart
-- (1968) in the form of West, "Better approximations to cumulative normal functions" (2005), right
-- to about 1e-15. PostgreSQL has an error function only from release 16 on.
create function scoring.normal_cdf(p_z double precision)
returns double precision
language sql
immutable
parallel safe
as $$
    select
        case when p_z > 0 then 1 - t.tail else t.tail end
    from (select abs(p_z) as x) as a
    cross join lateral (
        select
            case
                when a.x > 37 then 0
                when a.x < 7.07106781186547
                    then
                        exp(-a.x * a.x / 2)
                        * (
                            (
                                (
                                    (
                                        (
                                            (3.52624965998911e-2 * a.x + 0.700383064443688) * a.x
                                            + 6.37396220353165
                                        ) * a.x + 33.912866078383
                                    ) * a.x + 112.079291497871
                                ) * a.x + 221.213596169931
                            ) * a.x + 220.206867912376
                        )
                        / (
                            (
                                (
                                    (
                                        (
                                            (
                                                (8.83883476483184e-2 * a.x + 1.75566716318264) * a.x
                                                + 16.064177579207
                                            ) * a.x + 86.7807322029461
                                        ) * a.x + 296.564248779674
                                    ) * a.x + 637.333633378831
                                ) * a.x + 793.826512519948
                            ) * a.x + 440.413735824752
                        )
                else
                    exp(-a.x * a.x / 2)
                    / (a.x + 1 / (a.x + 2 / (a.x + 3 / (a.x + 4 / (a.x + 0.65)))))
                    / 2.506628274631
            end
    ) as t (tail)
$$;
alter function scoring.normal_cdf(double precision) owner to leadboard_view;
grant execute on function scoring.normal_cdf(double precision) to leadboard_rollup;

comment on function scoring.normal_cdf(double precision) is
'Probability that a standard normal value is at most p_z; null for null.';
