-- Lands the campaigns of import_row (see crm.read_import); returns how many were new and how many
-- changed. Where the file has no external ids, the name is one.
create function crm.import_campaigns(p_import crm.imports)
returns table (inserted bigint, updated bigint)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    with changed as (
        update crm.campaigns as c
        set
            name = i.name,
            segment_id = coalesce(i.segment, c.segment_id),
            variants = coalesce(i.variants, c.variants),
            created_by_user_id = coalesce(i.created_by, c.created_by_user_id),
            created_at = coalesce(i.created_at, c.created_at)
        from pg_temp.import_row as i
        where
            c.workspace_id = p_import.workspace_id
            and c.id = any(array(select k.existing_id from pg_temp.import_row as k))
            and c.id = i.existing_id
            and (c.name, c.segment_id, c.variants, c.created_by_user_id, c.created_at)
            is distinct from (
                i.name, coalesce(i.segment, c.segment_id), coalesce(i.variants, c.variants),
                coalesce(i.created_by, c.created_by_user_id), coalesce(i.created_at, c.created_at)
            )
        returning 1
    ),

    added as (
        insert into crm.campaigns (
            workspace_id, id, name, segment_id, variants, created_by_user_id, source_system,
            external_id, created_at
        )
        select
            p_import.workspace_id,
            app.uuid_v7(),
            i.name,
            i.segment,
            coalesce(i.variants, '{}'),
            i.created_by,
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
alter function crm.import_campaigns(crm.imports) owner to leadboard_owner;

comment on function crm.import_campaigns(crm.imports) is
'Lands the campaigns of an import; counts new and changed ones.';
