\set n random(1, :leads)
update crm.leads as l
set status = case when l.status = 'qualified' then 'lost' else 'qualified' end
from bench.leads as b
where b.n = :n and l.workspace_id = b.workspace_id and l.id = b.id;
