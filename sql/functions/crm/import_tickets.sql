-- Lands the tickets of import_row (see crm.read_import); returns how many were new and how many
-- changed. Whom a ticket is about is whom the lead was credited to then, unless the file says; it
-- stays.
create function crm.import_tickets(p_import crm.imports)
returns table (inserted bigint, updated bigint)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    perform crm.lock_import_leads(p_import.workspace_id);
    return query
    with wanted as (
        select
            s.id,
            coalesce(i.lead, s.lead_id) as lead_id,
            coalesce(i."user", s.user_id) as user_id,
            coalesce(i.type, s.type) as type,
            coalesce(i.status, s.status) as status,
            coalesce(i.upheld, s.upheld) as upheld,
            coalesce(i.subject, s.subject) as subject,
            coalesce(i.created_at, s.created_at) as created_at
        from pg_temp.import_row as i
        inner join lateral (
            select k.*
            from crm.support_tickets as k
            where k.workspace_id = p_import.workspace_id and k.id = i.existing_id
            offset 0
        ) as s on true
    ),

    changed as (
        update crm.support_tickets as s
        set
            lead_id = w.lead_id,
            user_id = w.user_id,
            type = w.type,
            status = w.status,
            upheld = w.upheld,
            subject = w.subject,
            created_at = w.created_at
        from wanted as w
        where
            s.workspace_id = p_import.workspace_id
            and s.id = any(array(select k.existing_id from pg_temp.import_row as k))
            and s.id = w.id
            and (s.lead_id, s.user_id, s.type, s.status, s.upheld, s.subject, s.created_at)
            is distinct from (
                w.lead_id, w.user_id, w.type, w.status, w.upheld, w.subject, w.created_at
            )
        returning 1
    ),

    added as (
        insert into crm.support_tickets (
            workspace_id, id, lead_id, user_id, type, status, upheld, subject, source_system,
            external_id, created_at
        )
        select
            p_import.workspace_id,
            app.uuid_v7(),
            i.lead,
            coalesce(i."user", crm.credited_at(p_import.workspace_id, i.lead, i.created_at)),
            i.type,
            coalesce(i.status, 'open'),
            i.upheld,
            i.subject,
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
alter function crm.import_tickets(crm.imports) owner to leadboard_owner;

comment on function crm.import_tickets(crm.imports) is 'Lands the tickets of an import; counts new and changed ones.';
