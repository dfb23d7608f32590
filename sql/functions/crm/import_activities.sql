-- Lands the activities of import_row (see crm.read_import); returns how many were new and how many
-- changed. Keys of metadata are added to those known.
create function crm.import_activities(p_import crm.imports)
returns table (inserted bigint, updated bigint)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    perform crm.lock_import_leads(p_import.workspace_id);
    return query
    with changed as (
        update crm.lead_activities as a
        set
            lead_id = i.lead,
            actor_user_id = coalesce(i.actor, a.actor_user_id),
            type = i.type,
            title = coalesce(i.title, a.title),
            description = coalesce(i.description, a.description),
            duration_seconds = coalesce(i.duration_seconds, a.duration_seconds),
            metadata = a.metadata || coalesce(i.metadata, '{}'),
            occurred_at = i.occurred_at
        from pg_temp.import_row as i
        where
            a.workspace_id = p_import.workspace_id
            and a.id = any(array(select k.existing_id from pg_temp.import_row as k))
            and a.id = i.existing_id
            and (
                a.lead_id, a.actor_user_id, a.type, a.title, a.description, a.duration_seconds,
                a.metadata, a.occurred_at
            ) is distinct from (
                i.lead, coalesce(i.actor, a.actor_user_id), i.type, coalesce(i.title, a.title),
                coalesce(i.description, a.description),
                coalesce(i.duration_seconds, a.duration_seconds),
                a.metadata || coalesce(i.metadata, '{}'), i.occurred_at
            )
        returning 1
    ),

    added as (
        insert into crm.lead_activities (
            workspace_id, id, lead_id, actor_user_id, type, title, description, duration_seconds,
            metadata, source_system, external_id, occurred_at, recorded_at
        )
        select
            p_import.workspace_id,
            app.uuid_v7(),
            i.lead,
            i.actor,
            i.type,
            coalesce(i.title, ''),
            i.description,
            i.duration_seconds,
            coalesce(i.metadata, '{}'),
            p_import.source_system,
            i.key,
            i.occurred_at,
            app.now()
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
alter function crm.import_activities(crm.imports) owner to leadboard_owner;

comment on function crm.import_activities(crm.imports) is
'Lands the activities of an import; counts new and changed ones.';
