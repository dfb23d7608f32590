-- What a timeline adds to an activity: its metadata, leadId, and for a conversion revenue: the
-- value of the lead now (deal value or purchase price, as the workspace says), NULL where it is not
-- known or the caller may not see the lead.
-- Invoker, like crm.timeline_description.
create function crm.timeline_metadata(p_activity crm.lead_activities)
returns jsonb
language sql
stable
parallel safe
as $$
    select
        p_activity.metadata
        || jsonb_build_object('leadId', p_activity.lead_id)
        || case
            when p_activity.type = 'conversion'
                then jsonb_build_object(
                    'revenue',
                    (
                        select
                            case w.deal_value_basis
                                when 'price_at_purchase' then l.price_at_purchase
                                else l.deal_value
                            end
                        from crm.leads as l
                        inner join crm.workspaces as w on w.workspace_id = l.workspace_id
                        where
                            l.workspace_id = p_activity.workspace_id
                            and l.id = p_activity.lead_id
                    )
                )
            else '{}'
        end
$$;
alter function crm.timeline_metadata(crm.lead_activities) owner to leadboard_owner;
grant execute on function crm.timeline_metadata(crm.lead_activities) to leadboard_view;

comment on function crm.timeline_metadata(crm.lead_activities) is
'Metadata of an activity with leadId, and revenue for a conversion.';
