-- What a timeline says below the title: the activity's own description, else name and company of
-- the lead, where the caller may see it: a lead that was given away keeps its activity and loses
-- its name here. NULL for an erased lead.
-- Invoker, so the policies of crm.leads bind whoever shows it.
create function crm.timeline_description(p_activity crm.lead_activities)
returns text
language sql
stable
parallel safe
as $$
    select
        coalesce(
            p_activity.description,
            (
                select
                    nullif(
                        concat_ws(
                            ' - ',
                            nullif(concat_ws(' ', l.first_name, l.last_name), ''),
                            l.company
                        ),
                        ''
                    )
                from crm.leads as l
                where l.workspace_id = p_activity.workspace_id and l.id = p_activity.lead_id
            )
        )
$$;
alter function crm.timeline_description(crm.lead_activities) owner to leadboard_owner;
grant execute on function crm.timeline_description(crm.lead_activities) to leadboard_view;

comment on function crm.timeline_description(crm.lead_activities) is
'Description of an activity, else name and company of its lead as far as the caller may see it.';
