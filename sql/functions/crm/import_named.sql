-- The joins that resolve a name or an id in import_text: <alias> finds it by name, <alias>k by id.
-- Part of a statement made by crm.read_import.
create function crm.import_named(p_table text, p_target text, p_alias text, p_workspace_id uuid)
returns text
language sql
immutable
as $$
    select format(
        ' left join %1$s as %3$s on %3$s.name = t.%2$I %4$s'
        ' left join %1$s as %3$sk on %3$sk.id = app.try_uuid(t.%2$I) %5$s',
        p_table,
        p_target,
        p_alias,
        case when p_workspace_id is not null then format('and %s.workspace_id = %L', p_alias, p_workspace_id) end,
        case when p_workspace_id is not null then format('and %sk.workspace_id = %L', p_alias, p_workspace_id) end
    )
$$;
alter function crm.import_named(text, text, text, uuid) owner to leadboard_owner;

comment on function crm.import_named(text, text, text, uuid) is
'SQL joins that resolve a column of import_text by name or id.';
