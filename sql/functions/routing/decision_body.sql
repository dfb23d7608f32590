-- A decision as its callers get it: JSON with the names of the HTTP contract. deadline while the
-- offer stands; reasons (candidates per reason code) while the lead waits. Candidates are left out:
-- routing.explain has them.
create function routing.decision_body(p_decision routing.lead_assignment_logs)
returns jsonb
language sql
stable
as $$
    select
        jsonb_build_object(
            'decision_id', p_decision.id,
            'lead_id', p_decision.lead_id,
            'hop', p_decision.hop,
            'kind', p_decision.kind,
            'partner_id', p_decision.chosen_user_id,
            'partner_name', routing.person_name(p_decision.chosen_user_id),
            'probability', round(p_decision.probability, 6),
            'credit_before', round(p_decision.credit_before, 6),
            'credit_after', round(p_decision.credit_after, 6),
            'settings_version', p_decision.settings_version,
            'weights_version', p_decision.weights_version,
            'curves_version', p_decision.curves_version,
            'decided_at', p_decision.decided_at,
            'latency_ms', round(p_decision.latency_ms, 3),
            'outcome', p_decision.outcome,
            'outcome_at', p_decision.outcome_at,
            'outcome_reason', p_decision.outcome_reason,
            'deadline', (
                select f.deadline
                from routing.offers as f
                where f.workspace_id = p_decision.workspace_id and f.decision_id = p_decision.id
            ),
            'reasons', case
                when p_decision.chosen_user_id is null then coalesce(
                    (
                        select w.reasons
                        from routing.waiting_leads as w
                        where
                            w.workspace_id = p_decision.workspace_id
                            and w.lead_id = p_decision.lead_id
                    ),
                    routing.refusal_counts(p_decision.candidates)
                )
            end
        )
$$;
alter function routing.decision_body(routing.lead_assignment_logs) owner to leadboard_owner;

comment on function routing.decision_body(routing.lead_assignment_logs) is
'A decision as JSON, without its candidates.';
