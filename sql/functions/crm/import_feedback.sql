-- Lands the ratings of import_row (see crm.read_import); returns how many were new and how many
-- changed. Who is rated is whom the lead was credited to then, unless the file says; it stays.
create function crm.import_feedback(p_import crm.imports)
returns table (inserted bigint, updated bigint)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    perform crm.lock_import_leads(p_import.workspace_id);
    return query
    with changed as (
        update crm.lead_feedback as f
        set
            lead_id = i.lead,
            user_id = coalesce(i."user", f.user_id),
            rating = i.rating,
            comment = coalesce(i.comment, f.comment),
            created_at = i.created_at
        from pg_temp.import_row as i
        where
            f.workspace_id = p_import.workspace_id
            and f.id = any(array(select k.existing_id from pg_temp.import_row as k))
            and f.id = i.existing_id
            and (f.lead_id, f.user_id, f.rating, f.comment, f.created_at)
            is distinct from (
                i.lead, coalesce(i."user", f.user_id), i.rating, coalesce(i.comment, f.comment), i.created_at
            )
        returning 1
    ),

    added as (
        insert into crm.lead_feedback (
            workspace_id, id, lead_id, user_id, rating, comment, source_system, external_id, created_at
        )
        select
            p_import.workspace_id,
            app.uuid_v7(),
            i.lead,
            coalesce(i."user", crm.credited_at(p_import.workspace_id, i.lead, i.created_at)),
            i.rating,
            i.comment,
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
alter function crm.import_feedback(crm.imports) owner to leadboard_owner;

comment on function crm.import_feedback(crm.imports) is 'Lands the ratings of an import; counts new and changed ones.';
