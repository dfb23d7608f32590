-- Stages rows of a file for crm.apply_import. p_rows is a list of {"line": 2, "cells": ["a", "b"]},
-- the header being line 1; a row that could not be read well (wrong encoding, too few fields, ...)
-- carries "reason", and "column" where one is to blame, and goes to the rejects. Returns how many
-- rows there were. The same line staged twice counts once.
create function crm.stage_import_rows(p_workspace_id uuid, p_import_id uuid, p_rows json)
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_count integer;
begin
    perform crm.check_import_right(p_workspace_id);
    perform from crm.imports as i
    where i.workspace_id = p_workspace_id and i.id = p_import_id and i.status = 'staging'
    for update;
    if not found then
        raise exception using errcode = 'LB404', message = 'No such import, or it was applied already.';
    end if;
    with given as (
        select
            r.line,
            r.cells,
            coalesce(r.column, '') as column_name,
            r.reason
        from json_to_recordset(p_rows) as r (line integer, cells text[], "column" text, reason text)
    ),

    rejected as (
        insert into crm.import_rejects (
            workspace_id, import_id, line, column_name, reason, cells, created_at
        )
        select
            p_workspace_id,
            p_import_id,
            g.line,
            g.column_name,
            g.reason,
            g.cells,
            app.now()
        from given as g
        where g.reason is not null
        on conflict do nothing
    ),

    staged as (
        insert into crm.import_rows (workspace_id, import_id, line, cells)
        select
            p_workspace_id,
            p_import_id,
            g.line,
            g.cells
        from given as g
        where g.reason is null
        on conflict do nothing
    )

    select count(*)
    into v_count
    from given as g;

    return v_count;
end
$$;
alter function crm.stage_import_rows(uuid, uuid, json) owner to leadboard_owner;
grant execute on function crm.stage_import_rows(uuid, uuid, json) to leadboard_api;

comment on function crm.stage_import_rows(uuid, uuid, json) is
'Stages rows of a file, or notes why they could not be read; LB404 when the import is not open.';
