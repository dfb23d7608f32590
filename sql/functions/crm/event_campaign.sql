-- The campaign that an event names by campaign_id or campaign_external_id.
create function crm.event_campaign(p_workspace_id uuid, p_event jsonb)
returns crm.campaigns
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_campaign crm.campaigns;
    v_campaign_id uuid := app.try_uuid(p_event ->> 'campaign_id');
begin
    if v_campaign_id is not null then
        select c.* into v_campaign
        from crm.campaigns as c
        where c.workspace_id = p_workspace_id and c.id = v_campaign_id;
    else
        select c.* into v_campaign
        from crm.campaigns as c
        where
            c.workspace_id = p_workspace_id
            and c.source_system = coalesce(nullif(p_event ->> 'source_system', ''), 'leadboard')
            and c.external_id = p_event ->> 'campaign_external_id';
    end if;
    if v_campaign.id is null then
        raise exception using
            errcode = 'LB422',
            message = format(
                'No such campaign: %s.',
                crm.quoted(coalesce(v_campaign_id::text, p_event ->> 'campaign_external_id'))
            );
    end if;
    return v_campaign;
end
$$;
alter function crm.event_campaign(uuid, jsonb) owner to leadboard_owner;

comment on function crm.event_campaign(uuid, jsonb) is
'The campaign an event names; LB422 when there is none.';
