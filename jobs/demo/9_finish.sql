-- Ends the load: erases some leads and one former member, as the law asks (who they are goes, every
-- figure stays), and has the next refresh build the rollups of the demo's workspaces as a whole.
-- Row by row the triggers have logged nearly every cell; computing all of them at once is faster.
-- What partners carry is counted, since a bulk load wrote past its trigger.

select crm.erase_lead(l.workspace_id, l.id)
from crm.leads as l
where
    l.source_system = 'demo'
    and l.created_at < pg_temp.present() - interval '120 days'
    and pg_temp.chance(substring(l.external_id from 6)::bigint, 171) < 0.003;

select crm.erase_user(p.user_id)
from demo_people as p
where p.is_erased;

delete from rollup.dirty_cells as d
using demo_workspaces as w
where d.workspace_id = w.workspace_id;

insert into rollup.dirty_cells (workspace_id, family, subject_id, hour_at)
select
    w.workspace_id,
    'all',
    app.nobody(),
    '-infinity'
from demo_workspaces as w;

select routing.rebuild_load(w.workspace_id)
from demo_workspaces as w;

update crm.workspaces as w
set settings = jsonb_set(w.settings, '{demo,complete}', 'true')
from demo_workspaces as d
where w.workspace_id = d.workspace_id;
