-- Changes routing settings: a new version, so that old decisions stay explicable. A field left out
-- keeps its value; see routing.settings_faults for the bounds. Score weights are a version of
-- scoring.weights, and together with the deal value basis change the scores with the next refresh.
-- Returns the settings then in force. Nothing is written when nothing changes.
-- LB400 with errors per field. Lock order: routing.lock_workspace, so versions count without gaps.
create function routing.change_settings(p_workspace_id uuid, p_settings jsonb)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_former record;
    v_new routing.settings;
    v_weights jsonb := p_settings -> 'scoreWeights';
begin
    perform routing.require_right(p_workspace_id);
    perform routing.lock_workspace(p_workspace_id);
    perform routing.refuse_faulty_settings(p_workspace_id, p_settings);

    select * into v_former
    from routing.active_settings(p_workspace_id);
    v_new.region_weight := coalesce((p_settings ->> 'regionWeight')::numeric, v_former.region_weight);
    v_new.performance_weight
        := coalesce((p_settings ->> 'performanceWeight')::numeric, v_former.performance_weight);
    v_new.fairness_weight := coalesce((p_settings ->> 'fairnessWeight')::numeric, v_former.fairness_weight);
    v_new.accept_minutes := coalesce((p_settings ->> 'acceptMinutes')::numeric, v_former.accept_minutes);
    v_new.exploration_share
        := coalesce((p_settings ->> 'explorationShare')::numeric, v_former.exploration_share);
    v_new.max_hops := coalesce((p_settings ->> 'maxHops')::numeric, v_former.max_hops);
    if
        (
            v_new.region_weight, v_new.performance_weight, v_new.fairness_weight,
            v_new.accept_minutes, v_new.exploration_share, v_new.max_hops
        ) is distinct from (
            v_former.region_weight, v_former.performance_weight, v_former.fairness_weight,
            v_former.accept_minutes, v_former.exploration_share, v_former.max_hops
        )
    then
        insert into routing.settings (
            workspace_id, version, region_weight, performance_weight, fairness_weight,
            accept_minutes, exploration_share, max_hops, created_by_user_id
        )
        values (
            p_workspace_id,
            v_former.version + 1,
            v_new.region_weight,
            v_new.performance_weight,
            v_new.fairness_weight,
            v_new.accept_minutes,
            v_new.exploration_share,
            v_new.max_hops,
            (
                select m.user_id
                from crm.members as m
                where m.workspace_id = p_workspace_id and m.user_id = app.current_user_id()
            )
        );
    end if;

    if
        exists (
            select from scoring.active_weights(p_workspace_id) as a
            where a.weight <> (v_weights ->> a.part)::numeric
        )
    then
        insert into scoring.weights (workspace_id, version, part, weight)
        select
            p_workspace_id,
            coalesce(
                (select max(w.version) from scoring.weights as w where w.workspace_id = p_workspace_id), 0
            ) + 1,
            g.key,
            g.value::numeric
        from jsonb_each_text(v_weights) as g;
    end if;

    update crm.workspaces as w
    set deal_value_basis = p_settings ->> 'dealValueBasis'
    where
        w.workspace_id = p_workspace_id
        and w.deal_value_basis <> p_settings ->> 'dealValueBasis';
    return routing.settings_body(p_workspace_id);
end
$$;
alter function routing.change_settings(uuid, jsonb) owner to leadboard_owner;
grant execute on function routing.change_settings(uuid, jsonb) to leadboard_api;

comment on function routing.change_settings(uuid, jsonb) is
'Changes sliders, time limit, exploration, most refusals, deal value basis or score weights; returns the settings in force.';
