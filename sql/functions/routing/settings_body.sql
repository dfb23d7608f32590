-- The settings in force as JSON, with the names of the HTTP contract: sliders, time limit, and what
-- the performance score is made with. version 0: nobody has changed the defaults.
create function routing.settings_body(p_workspace_id uuid)
returns jsonb
language sql
stable
as $$
    select
        jsonb_build_object(
            'version', s.version,
            'regionWeight', s.region_weight,
            'performanceWeight', s.performance_weight,
            'fairnessWeight', s.fairness_weight,
            'acceptMinutes', s.accept_minutes,
            'explorationShare', s.exploration_share,
            'maxHops', s.max_hops,
            'dealValueBasis', w.deal_value_basis,
            'scoreWeights', (
                select jsonb_object_agg(a.part, a.weight)
                from scoring.active_weights(p_workspace_id) as a
            ),
            'scoreWeightsVersion', (
                select max(a.version)
                from scoring.active_weights(p_workspace_id) as a
            ),
            'scoreWeightsAreDefault', (
                select bool_or(a.is_default)
                from scoring.active_weights(p_workspace_id) as a
            )
        )
    from routing.active_settings(p_workspace_id) as s
    cross join crm.workspaces as w
    where w.workspace_id = p_workspace_id
$$;
alter function routing.settings_body(uuid) owner to leadboard_owner;

comment on function routing.settings_body(uuid) is
'Routing settings of a workspace in force, as JSON.';
