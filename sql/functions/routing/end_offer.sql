-- Ends the open offer of a decision with an outcome, and gives credit back: all of a rejected
-- decision, half of one that timed out, nothing else. The caller holds the workspace's routing lock
-- and the lead.
create function routing.end_offer(
    p_workspace_id uuid, p_decision_id uuid, p_outcome text, p_reason text
)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_decision routing.lead_assignment_logs;
begin
    delete from routing.offers as f
    where f.workspace_id = p_workspace_id and f.decision_id = p_decision_id;
    update routing.lead_assignment_logs as d
    set
        outcome = p_outcome,
        outcome_reason = p_reason,
        outcome_at = app.now(),
        updated_at = app.now()
    where d.workspace_id = p_workspace_id and d.id = p_decision_id
    returning * into v_decision;
    if p_outcome in ('rejected', 'timed_out') then
        perform routing.accrue(
            p_workspace_id,
            v_decision.candidates,
            v_decision.chosen_user_id,
            case p_outcome when 'rejected' then -1 else -0.5 end
        );
    end if;
end
$$;
alter function routing.end_offer(uuid, uuid, text, text) owner to leadboard_owner;

comment on function routing.end_offer(uuid, uuid, text, text) is
'Ends an open offer; credit is given back in full when it was rejected, by half when it timed out.';
