-- What members did with leads, and what happened to them: the timeline (seed columns agent_id,
-- lead_id, activity_type, title, description, metadata, timestamp).
-- Grain: one row per activity that is in somebody's timeline: its actor's, or whoever it was placed
-- with (crm.lead_activities.timeline_user_id). Real-time: it reads the facts, not the rollups.
-- Names of leads stay in schema crm: unlike the service's timeline, this view does not add them.
-- Reads: crm.lead_activities, crm.leads. An admin sees all, a manager the leads of the branch,
-- everyone else the own timeline. A page of one timeline is faster by service.agent_activities,
-- which reads the same rows newest first by index.
create view analytics.agent_activity_log
with (security_barrier) as
select
    a.workspace_id,
    a.id,
    coalesce(a.timeline_user_id, a.actor_user_id) as agent_id,
    a.lead_id,
    crm.timeline_type(a.type) as activity_type,
    crm.timeline_title(a.type, a.title, a.timeline_user_id) as title,
    a.description,
    crm.timeline_metadata(
        a.metadata,
        a.lead_id,
        a.type,
        case w.deal_value_basis
            when 'price_at_purchase' then l.price_at_purchase
            else l.deal_value
        end
    ) as metadata,
    a.occurred_at as timestamp
from crm.lead_activities as a
inner join crm.workspaces as w on w.workspace_id = a.workspace_id
left join crm.leads as l on l.workspace_id = a.workspace_id and l.id = a.lead_id
where
    a.workspace_id = any((select app.member_workspaces())::uuid[])
    and coalesce(a.timeline_user_id, a.actor_user_id) is not null
    and (
        a.workspace_id = any((select app.admin_workspaces())::uuid[])
        or coalesce(a.timeline_user_id, a.actor_user_id) = (select app.current_user_id())
        or l.branch_id = any((select app.managed_branches())::uuid[])
    );
alter view analytics.agent_activity_log owner to leadboard_view;
grant select on analytics.agent_activity_log to leadboard_api, leadboard_bi;

comment on view analytics.agent_activity_log is
'One row per activity in the timeline of a member, real-time: what was done with leads, by whom or for whom, and when.';
comment on column analytics.agent_activity_log.workspace_id is 'The tenant.';
comment on column analytics.agent_activity_log.id is 'The activity.';
comment on column analytics.agent_activity_log.agent_id is 'Whose timeline it is in: who did it; who got the lead (assignment); to whom the lead was credited (conversion, or no actor).';
comment on column analytics.agent_activity_log.lead_id is 'The lead.';
comment on column analytics.agent_activity_log.activity_type is 'call, email, meeting, conversion, assignment, status_change, note, ...';
comment on column analytics.agent_activity_log.title is 'Short title.';
comment on column analytics.agent_activity_log.description is 'Free text as it was logged; never the lead''s name by itself.';
comment on column analytics.agent_activity_log.metadata is 'Further facts, with leadId; revenue for a conversion: the lead''s value now, in the workspace currency.';
comment on column analytics.agent_activity_log.timestamp is 'When it happened.';
