-- Locks the leads that the rows of an import are about, in the order of their ids: the triggers of
-- what is imported may change them, and crm.record_events locks them in the same order.
create function crm.lock_import_leads(p_workspace_id uuid)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    perform 1
    from crm.leads as l
    where
        l.workspace_id = p_workspace_id
        and l.id = any(array(select i.lead from pg_temp.import_row as i))
    order by l.id
    for no key update;
end
$$;
alter function crm.lock_import_leads(uuid) owner to leadboard_owner;

comment on function crm.lock_import_leads(uuid) is
'Locks the leads that the rows of an import are about, in the order of their ids.';
