-- campaign.created, and what happens to a recipient: sent, delivered, opened, clicked, replied,
-- bounced, in any order and repeated. Each is kept as an activity of the lead;
-- crm.settle_recipients then works out the recipient's first times from these activities, so the
-- order of arrival does not matter. The segments are those of the earliest sending: one that turns
-- out to be earlier than those known so far takes them anew.
create function crm.apply_campaign_event(
    p_workspace_id uuid,
    p_event jsonb,
    p_source_system text,
    p_at timestamptz,
    p_actor_user_id uuid,
    p_scope text,
    p_user_id uuid,
    p_branch_id uuid
)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_outcome text := split_part(p_event ->> 'type', '.', 2);
    v_delivered_at timestamptz := (p_event ->> 'delivered_at')::timestamptz;
    v_lead crm.leads;
    v_campaign crm.campaigns;
    v_segment_ids uuid[];
    v_known_at timestamptz;
begin
    if v_outcome = 'created' then
        insert into crm.campaigns (
            workspace_id, id, name, segment_id, variants, created_by_user_id, source_system,
            external_id, created_at
        )
        values (
            p_workspace_id,
            coalesce(app.try_uuid(p_event ->> 'campaign_id'), app.uuid_v7()),
            btrim(p_event ->> 'name'),
            (crm.event_segments(p_workspace_id, array[p_event ->> 'segment']))[1],
            crm.event_list(p_event -> 'variants'),
            p_actor_user_id,
            p_source_system,
            nullif(btrim(p_event ->> 'external_id'), ''),
            p_at
        );
        return;
    end if;

    v_lead := crm.event_lead(p_workspace_id, p_event, p_scope, p_user_id, p_branch_id);
    v_campaign := crm.event_campaign(p_workspace_id, p_event);
    if v_delivered_at < p_at then
        raise exception using
            errcode = 'LB422', message = 'delivered_at lies before the message was sent.';
    end if;

    insert into crm.lead_activities (
        workspace_id, id, lead_id, actor_user_id, type, title, metadata, occurred_at, recorded_at
    )
    values (
        p_workspace_id,
        app.uuid_v7(),
        v_lead.id,
        p_actor_user_id,
        'campaign_' || v_outcome,
        v_campaign.name,
        jsonb_strip_nulls(
            jsonb_build_object(
                'campaign_id', v_campaign.id,
                'variant', nullif(btrim(p_event ->> 'variant'), ''),
                'delivered_at', p_event -> 'delivered_at',
                'machine', p_event -> 'machine',
                'auto_reply', p_event -> 'auto_reply',
                'bounce_kind', case when v_outcome = 'bounced' then coalesce(p_event ->> 'bounce_kind', 'hard') end
            )
        ),
        p_at,
        app.now()
    );
    insert into crm.campaign_leads (workspace_id, campaign_id, lead_id)
    values (p_workspace_id, v_campaign.id, v_lead.id)
    on conflict do nothing;
    select r.sent_at into v_known_at
    from crm.campaign_leads as r
    where
        r.workspace_id = p_workspace_id
        and r.campaign_id = v_campaign.id
        and r.lead_id = v_lead.id;
    perform crm.settle_recipients(p_workspace_id, array[v_campaign.id], array[v_lead.id]);

    if v_outcome = 'sent' then
        -- Asked for all the same: a name that is unknown is the fault of this event.
        v_segment_ids := case
            when jsonb_typeof(p_event -> 'segments') = 'array'
                then crm.event_segments(p_workspace_id, crm.event_list(p_event -> 'segments'))
        end;
        if p_at < v_known_at then
            delete from crm.campaign_lead_segments as s
            where
                s.workspace_id = p_workspace_id
                and s.campaign_id = v_campaign.id
                and s.lead_id = v_lead.id;
        end if;
        if v_known_at is null or p_at <= v_known_at then
            perform crm.take_segments(p_workspace_id, v_campaign.id, v_lead.id, v_segment_ids);
        end if;
    end if;
exception
    when unique_violation then
        raise exception using
            errcode = 'LB422', message = 'A campaign with this external_id or campaign_id exists already.';
end
$$;
alter function crm.apply_campaign_event(uuid, jsonb, text, timestamptz, uuid, text, uuid, uuid)
owner to leadboard_owner;

comment on function crm.apply_campaign_event(uuid, jsonb, text, timestamptz, uuid, text, uuid, uuid) is
'Applies campaign.created, .sent, .delivered, .opened, .clicked, .replied and .bounced.';
