-- Locks the leads that events name, in the order of their ids. Batches about the same leads queue
-- here, before either holds a lock that the other needs.
create function crm.lock_leads(p_workspace_id uuid, p_events jsonb[])
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_lead_ids uuid[];
begin
    with named as (
        select
            app.try_uuid(e.event ->> 'lead_id') as lead_id,
            app.try_uuid(e.event ->> 'task_id') as task_id,
            coalesce(nullif(e.event ->> 'source_system', ''), 'leadboard') as source_system,
            e.event ->> 'lead_external_id' as lead_external_id,
            e.event ->> 'task_external_id' as task_external_id
        from unnest(p_events) as e (event)
        where jsonb_typeof(e.event) = 'object'
    )

    select array_agg(ids.lead_id)
    into v_lead_ids
    from (
        select n.lead_id
        from named as n
        where n.lead_id is not null
        union
        select l.id
        from named as n
        inner join crm.leads as l
            on
                l.workspace_id = p_workspace_id
                and l.source_system = n.source_system
                and l.external_id = n.lead_external_id
        union
        select t.lead_id
        from named as n
        inner join crm.tasks as t on t.workspace_id = p_workspace_id and t.id = n.task_id
        union
        select t.lead_id
        from named as n
        inner join crm.tasks as t
            on
                t.workspace_id = p_workspace_id
                and t.source_system = n.source_system
                and t.external_id = n.task_external_id
    ) as ids;

    perform 1
    from crm.leads as l
    where l.workspace_id = p_workspace_id and l.id = any(v_lead_ids)
    order by l.id
    for no key update;
end
$$;
alter function crm.lock_leads(uuid, jsonb[]) owner to leadboard_owner;

comment on function crm.lock_leads(uuid, jsonb[]) is
'Locks the leads that events name, in the order of their ids, until the transaction ends.';
