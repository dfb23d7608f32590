-- The joins that resolve an external id or an id in import_text: <alias> finds it by external id,
-- <alias>k by id. Part of a statement made by crm.read_import.
create function crm.import_keyed(
    p_table text,
    p_target text,
    p_alias text,
    p_workspace_id uuid,
    p_source_system text
)
returns text
language sql
immutable
as $$
    select format(
        ' left join %1$s as %3$s on %3$s.workspace_id = %4$L and %3$s.source_system = %5$L'
        ' and %3$s.external_id = t.%2$I'
        ' left join %1$s as %3$sk on %3$sk.workspace_id = %4$L and %3$sk.id = app.try_uuid(t.%2$I)',
        p_table,
        p_target,
        p_alias,
        p_workspace_id,
        p_source_system
    )
$$;
alter function crm.import_keyed(text, text, text, uuid, text) owner to leadboard_owner;

comment on function crm.import_keyed(text, text, text, uuid, text) is
'SQL joins that resolve a column of import_text by external id or id.';
