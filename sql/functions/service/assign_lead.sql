-- POST /api/routing/leads/{lead_id}/assign: the decision of routing.assign_lead. is_assigned is
-- false when nobody got the lead: that is kept (the lead waits), so it is no error here, and the
-- service answers 409 with the reasons.
create function service.assign_lead(
    p_user_id uuid, p_workspace_id uuid, p_lead_id uuid, p_idempotency_key text
)
returns table (is_assigned boolean, body json)
language plpgsql
volatile
as $$
begin
    body := routing.assign_lead(
        (service.enter(p_user_id, p_workspace_id)).workspace_id, p_lead_id, p_idempotency_key
    );
    is_assigned := body ->> 'partner_id' is not null;
    return next;
end
$$;
alter function service.assign_lead(uuid, uuid, uuid, text) owner to leadboard_view;
grant execute on function service.assign_lead(uuid, uuid, uuid, text) to leadboard_api;

comment on function service.assign_lead(uuid, uuid, uuid, text) is
'POST /api/routing/leads/{lead_id}/assign: assigns a lead, once; whether somebody got it, and the decision.';
