-- POST /api/routing/leads/{lead_id}/respond: the caller's own answer to an offer. Whom the lead
-- goes to next is nobody's business but the admins', so it is left out.
create function service.respond_to_offer(
    p_user_id uuid, p_workspace_id uuid, p_lead_id uuid, p_response text, p_reason text
)
returns table (body json)
language plpgsql
volatile
as $$
declare
    v_decision jsonb;
begin
    v_decision := routing.respond(
        (service.enter(p_user_id, p_workspace_id)).workspace_id,
        p_lead_id,
        p_user_id,
        p_response,
        p_reason
    );
    body := json_build_object(
        'decision_id', v_decision -> 'decision_id',
        'lead_id', v_decision -> 'lead_id',
        'outcome', v_decision -> 'outcome',
        'outcome_at', v_decision -> 'outcome_at'
    );
    return next;
end
$$;
alter function service.respond_to_offer(uuid, uuid, uuid, text, text) owner to leadboard_view;
grant execute on function service.respond_to_offer(uuid, uuid, uuid, text, text) to leadboard_api;

comment on function service.respond_to_offer(uuid, uuid, uuid, text, text) is
'POST /api/routing/leads/{lead_id}/respond: accepts or rejects a lead that the caller was offered.';
