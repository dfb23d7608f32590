-- Takes a change of status in, for a lead that the caller of this function has locked.
--
-- A change that is not older than the present status becomes the present status; the triggers of
-- crm.leads do the rest. An older one is history: it is written down with its activity, its stage
-- time becomes the earlier of the two, and the present status stays. The status new of a lead that
-- has just come in is nobody's act, so any change follows it, even one dated before it.
create function crm.change_lead_status(
    p_lead crm.leads,
    p_status text,
    p_at timestamptz,
    p_actor_user_id uuid
)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_untouched boolean := p_lead.status = 'new' and p_lead.status_changed_at = p_lead.created_at;
    v_status_before text;
begin
    if p_at >= p_lead.status_changed_at or v_untouched then
        if p_status <> p_lead.status then
            update crm.leads as l
            set
                status = p_status,
                status_changed_at = p_at,
                changed_by_user_id = p_actor_user_id
            where l.workspace_id = p_lead.workspace_id and l.id = p_lead.id;
        end if;
        return;
    end if;

    select h.status
    into v_status_before
    from crm.lead_status_history as h
    where
        h.workspace_id = p_lead.workspace_id
        and h.lead_id = p_lead.id
        and h.changed_at <= p_at
    order by h.changed_at desc, h.id desc
    limit 1;
    if v_status_before = p_status then
        return;
    end if;

    insert into crm.lead_status_history (workspace_id, id, lead_id, status, changed_at, changed_by_user_id)
    values (p_lead.workspace_id, app.uuid_v7(), p_lead.id, p_status, p_at, p_actor_user_id);

    insert into crm.lead_activities (
        workspace_id, id, lead_id, actor_user_id, type, title, metadata, occurred_at, recorded_at
    )
    values (
        p_lead.workspace_id,
        app.uuid_v7(),
        p_lead.id,
        p_actor_user_id,
        crm.status_activity_type(p_status),
        crm.status_title(p_status),
        crm.status_metadata(v_status_before, p_status, p_lead.deal_value),
        p_at,
        app.now()
    );

    update crm.leads as l
    set
        accepted_at = case when p_status = 'accepted' then least(l.accepted_at, p_at) else l.accepted_at end,
        rejected_at = case when p_status = 'rejected' then least(l.rejected_at, p_at) else l.rejected_at end,
        interested_at = case when p_status = 'qualified' then least(l.interested_at, p_at) else l.interested_at end,
        won_at = case when p_status = 'won' then least(l.won_at, p_at) else l.won_at end,
        lost_at = case when p_status = 'lost' then least(l.lost_at, p_at) else l.lost_at end
    where
        l.workspace_id = p_lead.workspace_id
        and l.id = p_lead.id
        and p_status in ('accepted', 'rejected', 'qualified', 'won', 'lost');
end
$$;
alter function crm.change_lead_status(crm.leads, text, timestamptz, uuid) owner to leadboard_owner;

comment on function crm.change_lead_status(crm.leads, text, timestamptz, uuid) is
'Takes a change of status of a locked lead in; an older one than the present becomes history only.';
