-- GET /api/imports/{import_id}/rejects: faults and warnings in the order of the file. Pages are
-- counted in lines, and a line is never divided, so a page may hold more faults than lines.
create function service.import_rejects(
    p_user_id uuid,
    p_etag text,
    p_workspace_id uuid,
    p_import_id uuid,
    p_limit integer,
    p_cursor text
)
returns table (etag text, body json)
language plpgsql
volatile
as $$
declare
    v_caller record;
    v_after integer;
    v_items json;
    v_last integer;
begin
    v_caller := service.enter(p_user_id, p_workspace_id);
    if not exists (
        select from service.import_documents(v_caller.workspace_id, p_import_id, null, 1)
    )
    then
        raise exception using errcode = 'LB404', message = 'No such import.';
    end if;
    if p_cursor is not null then
        v_after := (service.decode_cursor(p_cursor, array['line']))[1]::integer;
    end if;
    select
        json_agg(
            json_build_object(
                'line', f.line,
                'column', f.column_name,
                'reason', f.reason,
                'is_warning', f.is_warning,
                'cells', f.cells
            )
            order by f.line, f.is_warning, f.column_name
        ),
        max(f.line)
    into v_items, v_last
    from crm.import_faults(v_caller.workspace_id, p_import_id, v_after, p_limit) as f;
    body := json_build_object(
        'items', coalesce(v_items, '[]'),
        'next_cursor', case
            when
                exists (
                    select
                    from crm.import_faults(v_caller.workspace_id, p_import_id, v_last, 1)
                )
                then service.encode_cursor(json_build_array(v_last::text))
        end
    );
    etag := service.etag(body::text);
    if service.is_known(p_etag, etag) then
        body := null;
    end if;
    return next;
end
$$;
alter function service.import_rejects(uuid, text, uuid, uuid, integer, text)
owner to leadboard_view;
grant execute on function service.import_rejects(uuid, text, uuid, uuid, integer, text)
to leadboard_api;

comment on function service.import_rejects(uuid, text, uuid, uuid, integer, text) is
'GET /api/imports/{import_id}/rejects: a page of faults and warnings, in the order of the file; owners and admins only.';
