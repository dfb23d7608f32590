-- A decision with everything behind it, as JSON: the sentence, the decision, what was known of the
-- lead, the settings it was made under, and every candidate with parts or reason codes.
create function routing.explanation_body(
    p_decision routing.lead_assignment_logs, p_language text
)
returns jsonb
language sql
stable
as $$
    select
        routing.decision_body(p_decision)
        || jsonb_build_object(
            'language', p_language,
            'sentence', routing.sentence(p_decision, p_language),
            'lead', p_decision.lead_snapshot,
            'settings', (
                select
                    jsonb_build_object(
                        'regionWeight', s.region_weight,
                        'performanceWeight', s.performance_weight,
                        'fairnessWeight', s.fairness_weight,
                        'acceptMinutes', s.accept_minutes,
                        'explorationShare', s.exploration_share,
                        'maxHops', s.max_hops
                    )
                from routing.known_settings(p_decision.workspace_id) as s
                where s.version = p_decision.settings_version
            ),
            'candidates', (
                select
                    coalesce(
                        jsonb_agg(
                            c.candidate || jsonb_build_object(
                                'partner_name',
                                routing.person_name((c.candidate ->> 'partner_id')::uuid)
                            )
                            order by c.ordinal
                        ),
                        '[]'
                    )
                from jsonb_array_elements(p_decision.candidates)
                    with ordinality as c (candidate, ordinal)
            )
        )
$$;
alter function routing.explanation_body(routing.lead_assignment_logs, text)
owner to leadboard_owner;

comment on function routing.explanation_body(routing.lead_assignment_logs, text) is
'A decision with sentence, lead, settings and candidates, as JSON.';
