\set n random(1, :leads)
insert into crm.leads (workspace_id, branch_id, owner_user_id, source, status_changed_at)
select workspace_id, branch_id, owner_user_id, 'website', now() from bench.leads where n = :n;
