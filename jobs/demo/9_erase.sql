-- Erases some leads and one former member, as the law asks: who they are goes, every figure stays.

select crm.erase_lead(l.workspace_id, l.id)
from crm.leads as l
where
    l.source_system = 'demo'
    and l.created_at < pg_temp.present() - interval '120 days'
    and pg_temp.chance(substring(l.external_id from 6)::bigint, 171) < 0.003;

select crm.erase_user(p.user_id)
from demo_people as p
where p.is_erased;
