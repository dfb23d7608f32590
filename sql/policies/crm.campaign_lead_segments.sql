-- crm.campaign_lead_segments: an admin sees all, a manager the leads of the branch, everyone else
-- the segments of the own recipients.
alter table crm.campaign_lead_segments enable row level security;
alter table crm.campaign_lead_segments force row level security;

-- Definer functions of the owner check the caller's right themselves; a refresh reads everything.
create policy read_all on crm.campaign_lead_segments
for select to leadboard_owner, leadboard_rollup using (true);
create policy add_all on crm.campaign_lead_segments
for insert to leadboard_owner with check (true);
create policy change_all on crm.campaign_lead_segments
for update to leadboard_owner using (true) with check (true);
create policy remove_all on crm.campaign_lead_segments
for delete to leadboard_owner using (true);

-- What the public views may see for the caller.
create policy stay_in_workspace on crm.campaign_lead_segments as restrictive
for select to leadboard_view using (
    workspace_id = any((select app.member_workspaces())::uuid[])
);
create policy see_all on crm.campaign_lead_segments
for select to leadboard_view using (
    workspace_id = any((select app.admin_workspaces())::uuid[])
);
create policy see_branch on crm.campaign_lead_segments
for select to leadboard_view using (
    exists (
        select from crm.leads as l
        where
            l.workspace_id = campaign_lead_segments.workspace_id
            and l.id = campaign_lead_segments.lead_id
            and l.branch_id = any((select app.managed_branches())::uuid[])
    )
);
create policy see_own on crm.campaign_lead_segments
for select to leadboard_view using (
    exists (
        select from crm.campaign_leads as r
        where
            r.workspace_id = campaign_lead_segments.workspace_id
            and r.campaign_id = campaign_lead_segments.campaign_id
            and r.lead_id = campaign_lead_segments.lead_id
            and r.owner_at_send = (select app.current_user_id())
    )
);

grant select on crm.campaign_lead_segments to leadboard_rollup, leadboard_view;
-- No insert, update or delete for leadboard_view: it shows facts and never changes them.
-- Nothing for leadboard_api, leadboard_bi, leadboard_router and leadboard_ops: they read views and
-- call functions.
