-- The faults and warnings of an import in the order of the file.
-- Grain: one row per line, column and kind (fault or warning). p_after_line continues a page: lines
-- are never divided between pages of the same limit, so a page may be longer than p_limit.
create function crm.import_faults(
    p_workspace_id uuid,
    p_import_id uuid,
    p_after_line integer,
    p_limit integer
)
returns table (line integer, column_name text, reason text, is_warning boolean, cells text[])
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform crm.check_import_right(p_workspace_id);
    return query
    select
        r.line,
        r.column_name,
        r.reason,
        r.is_warning,
        r.cells
    from crm.import_rejects as r
    where
        r.workspace_id = p_workspace_id
        and r.import_id = p_import_id
        and r.line in (
            select distinct l.line
            from crm.import_rejects as l
            where
                l.workspace_id = p_workspace_id
                and l.import_id = p_import_id
                and l.line > coalesce(p_after_line, 0)
            order by l.line
            limit p_limit
        )
    order by r.line, r.is_warning, r.column_name;
end
$$;
alter function crm.import_faults(uuid, uuid, integer, integer) owner to leadboard_owner;
grant execute on function crm.import_faults(uuid, uuid, integer, integer) to leadboard_api;

comment on function crm.import_faults(uuid, uuid, integer, integer) is
'Faults and warnings of an import in the order of the file, from the line after p_after_line on.';
