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
        ' left join lateral (select k.id from %1$s as k where k.workspace_id = %4$L'
        ' and k.source_system = %5$L and k.external_id = t.%2$I offset 0) as %3$s on true'
        ' left join lateral (select k.id from %1$s as k where k.workspace_id = %4$L'
        ' and k.id = app.try_uuid(t.%2$I) offset 0) as %3$sk on true',
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
