-- Lands the notes of import_row (see crm.read_import); returns how many were new and how many
-- changed.
create function crm.import_notes(p_import crm.imports)
returns table (inserted bigint, updated bigint)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    perform crm.lock_import_leads(p_import.workspace_id);
    return query
    with changed as (
        update crm.notes as n
        set
            lead_id = i.lead,
            created_by_user_id = coalesce(i.created_by, n.created_by_user_id),
            body = i.body,
            created_at = i.created_at
        from pg_temp.import_row as i
        where
            n.workspace_id = p_import.workspace_id
            and n.id = any(array(select k.existing_id from pg_temp.import_row as k))
            and n.id = i.existing_id
            and (n.lead_id, n.created_by_user_id, n.body, n.created_at)
            is distinct from (i.lead, coalesce(i.created_by, n.created_by_user_id), i.body, i.created_at)
        returning 1
    ),

    added as (
        insert into crm.notes (
            workspace_id, id, lead_id, created_by_user_id, body, source_system, external_id, created_at
        )
        select
            p_import.workspace_id,
            app.uuid_v7(),
            i.lead,
            i.created_by,
            i.body,
            p_import.source_system,
            i.key,
            i.created_at
        from pg_temp.import_row as i
        where i.existing_id is null
        order by i.line
        on conflict do nothing
        returning 1
    )

    select
        (select count(*) from added as a),
        (select count(*) from changed as c);
end
$$;
alter function crm.import_notes(crm.imports) owner to leadboard_owner;

comment on function crm.import_notes(crm.imports) is 'Lands the notes of an import; counts new and changed ones.';
