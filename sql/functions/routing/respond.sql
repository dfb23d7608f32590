-- A partner's answer to an offer: accept or reject, with a reason if the partner has one.
--
-- Accepted: the lead is the partner's and takes the status accepted if it is still new. Rejected:
-- the decision is reversed in the credit, the partner is not asked again for this lead, and the
-- next candidate is offered it, or the lead waits. The same answer again changes nothing. Returns
-- the decision that was answered, with next: the decision that followed a rejection, else null.
-- Partners answer for themselves; owners, admins and the router's login for anybody. LB404: the
-- lead was not offered to this person. LB409: the offer has ended, by another answer, by its
-- deadline, or because the lead moved on. LB400: not an answer. Lock order: routing.lock_workspace.
create function routing.respond(
    p_workspace_id uuid,
    p_lead_id uuid,
    p_user_id uuid,
    p_response text,
    p_reason text default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_outcome text := case p_response when 'accept' then 'accepted' when 'reject' then 'rejected' end;
    v_offer routing.offers;
    v_decision routing.lead_assignment_logs;
    v_next routing.lead_assignment_logs;
begin
    if
        p_workspace_id <> all(app.member_workspaces())
        or p_user_id is distinct from app.current_user_id()
    then
        perform routing.require_right(p_workspace_id);
    end if;
    if v_outcome is null then
        raise exception using errcode = 'LB400', message = 'A response is accept or reject.';
    end if;
    if char_length(p_reason) > 1000 then
        raise exception using errcode = 'LB400', message = 'A reason has at most 1,000 characters.';
    end if;
    perform routing.lock_workspace(p_workspace_id);
    perform
    from crm.leads as l
    where l.workspace_id = p_workspace_id and l.id = p_lead_id
    for update;
    select * into v_decision
    from routing.lead_assignment_logs as d
    where
        d.workspace_id = p_workspace_id
        and d.lead_id = p_lead_id
        and d.chosen_user_id = p_user_id
    order by d.hop desc
    limit 1;
    if not found then
        raise exception using errcode = 'LB404', message = 'You were not offered this lead.';
    end if;

    if v_decision.outcome = v_outcome then
        -- The same answer again.
        select * into v_next
        from routing.lead_assignment_logs as d
        where
            d.workspace_id = p_workspace_id
            and d.lead_id = p_lead_id
            and d.hop = v_decision.hop + 1
            and v_outcome = 'rejected';
        return routing.decision_body(v_decision)
            || jsonb_build_object(
                'next', case when v_next.id is not null then routing.decision_body(v_next) end
            );
    end if;
    select * into v_offer
    from routing.offers as f
    where f.workspace_id = p_workspace_id and f.decision_id = v_decision.id
    for update;
    if not found then
        raise exception using
            errcode = 'LB409',
            message = format(
                'This offer has ended: %s.',
                case v_decision.outcome
                    when 'accepted' then 'it was accepted'
                    when 'rejected' then 'it was rejected'
                    when 'timed_out' then 'it was not answered in time'
                    else 'the lead has moved on'
                end
            );
    end if;
    if v_offer.deadline <= app.now() then
        raise exception using
            errcode = 'LB409', message = 'This offer has ended: it was not answered in time.';
    end if;

    perform routing.end_offer(p_workspace_id, v_decision.id, v_outcome, p_reason);
    if v_outcome = 'accepted' then
        update crm.leads as l
        set
            status = case l.status when 'new' then 'accepted' else l.status end,
            accepted_at = coalesce(l.accepted_at, app.now()),
            changed_by_user_id = case l.status when 'new' then p_user_id else l.changed_by_user_id end
        where l.workspace_id = p_workspace_id and l.id = p_lead_id;
    else
        v_next := routing.decide(p_workspace_id, p_lead_id, null, routing.requester());
    end if;
    select * into v_decision
    from routing.lead_assignment_logs as d
    where d.workspace_id = p_workspace_id and d.id = v_decision.id;
    return routing.decision_body(v_decision)
        || jsonb_build_object(
            'next', case when v_next.id is not null then routing.decision_body(v_next) end
        );
end
$$;
alter function routing.respond(uuid, uuid, uuid, text, text) owner to leadboard_owner;
grant execute on function routing.respond(uuid, uuid, uuid, text, text)
to leadboard_router, leadboard_api;

comment on function routing.respond(uuid, uuid, uuid, text, text) is
'Accepts or rejects an offered lead for a partner; a rejection restores the credit and routes on.';
