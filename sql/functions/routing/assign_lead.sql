-- Gives a lead to the partner who should have it: choice, owner, activity, decision, credit and the
-- offer with its deadline in the caller's transaction. Returns the decision as JSON.
--
-- The same lead again, or the same idempotency key, gets the same decision, without a second
-- assignment. kind unroutable or human_queue: nobody got it, reasons says why, and the lead waits;
-- a lead that waits for somebody eligible is tried again by this call. LB404: no such lead. LB409:
-- the lead is closed, somebody has it whom routing did not choose, or the key was used for another
-- lead. LB400: the key is empty or longer than 200 characters. Lock order: routing.lock_workspace.
create function routing.assign_lead(
    p_workspace_id uuid, p_lead_id uuid, p_idempotency_key text default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_lead record;
    v_decision routing.lead_assignment_logs;
begin
    perform routing.require_right(p_workspace_id);
    if char_length(p_idempotency_key) not between 1 and 200 then
        raise exception using
            errcode = 'LB400', message = 'The idempotency key has 1 to 200 characters.';
    end if;
    perform routing.lock_workspace(p_workspace_id);

    if p_idempotency_key is not null then
        select * into v_decision
        from routing.lead_assignment_logs as d
        where d.workspace_id = p_workspace_id and d.idempotency_key = p_idempotency_key;
        if found and v_decision.lead_id <> p_lead_id then
            raise exception using
                errcode = 'LB409', message = 'This idempotency key was used for another lead.';
        elsif found then
            return routing.decision_body(v_decision);
        end if;
    end if;

    select
        l.owner_user_id,
        l.status
    into v_lead
    from crm.leads as l
    where l.workspace_id = p_workspace_id and l.id = p_lead_id
    for update;
    if not found then
        raise exception using errcode = 'LB404', message = 'No such lead.';
    end if;

    select * into v_decision
    from routing.lead_assignment_logs as d
    where d.workspace_id = p_workspace_id and d.lead_id = p_lead_id
    order by d.hop desc
    limit 1;
    if
        v_decision.chosen_user_id = v_lead.owner_user_id
        and coalesce(v_decision.outcome, 'accepted') = 'accepted'
    then
        return routing.decision_body(v_decision);
    end if;
    if v_lead.owner_user_id is not null then
        raise exception using errcode = 'LB409', message = 'The lead already has an owner.';
    end if;
    if not crm.is_open(v_lead.status) then
        raise exception using errcode = 'LB409', message = 'The lead is closed.';
    end if;
    v_decision := routing.decide(p_workspace_id, p_lead_id, p_idempotency_key, routing.requester());
    return routing.decision_body(v_decision);
end
$$;
alter function routing.assign_lead(uuid, uuid, text) owner to leadboard_owner;
grant execute on function routing.assign_lead(uuid, uuid, text) to leadboard_router, leadboard_api;

comment on function routing.assign_lead(uuid, uuid, text) is
'Assigns a lead to the best eligible partner, once; returns the decision (kind unroutable or human_queue when nobody got it).';
