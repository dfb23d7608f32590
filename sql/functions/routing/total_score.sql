-- A candidate's total: the weighted mean of the three parts, 0-100 each, under the workspace's
-- sliders. `calculateScore` of the source system. NULL when a part is NULL (region not served) or
-- all sliders are 0 (which routing.change_settings refuses).
create function routing.total_score(
    p_region numeric,
    p_performance numeric,
    p_fairness numeric,
    p_region_weight integer,
    p_performance_weight integer,
    p_fairness_weight integer
)
returns numeric
language sql
immutable
parallel safe
as $$
    select
        (
            p_region * p_region_weight
            + p_performance * p_performance_weight
            + p_fairness * p_fairness_weight
        ) / nullif(p_region_weight + p_performance_weight + p_fairness_weight, 0)
$$;
alter function routing.total_score(numeric, numeric, numeric, integer, integer, integer)
owner to leadboard_owner;

comment on function routing.total_score(numeric, numeric, numeric, integer, integer, integer) is
'Weighted mean (0-100) of region fit, performance and fairness; calculateScore of the source system.';
