\set n random(1, :leads)
insert into crm.lead_activities (workspace_id, lead_id, actor_user_id, type)
select workspace_id, id, owner_user_id, 'email_sent' from bench.leads where n = :n;
