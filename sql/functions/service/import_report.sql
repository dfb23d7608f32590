-- An import with its counts and its first faults and warnings. LB404 when there is none.
create function service.import_report(p_workspace_id uuid, p_import_id uuid)
returns json
language plpgsql
stable
as $$
declare
    c_most constant integer := 100;
    v_document json;
begin
    select d.document into v_document
    from service.import_documents(p_workspace_id, p_import_id, null, 1) as d;
    if v_document is null then
        raise exception using errcode = 'LB404', message = 'No such import.';
    end if;
    return json_build_object(
        'import', v_document,
        'faults', (
            select
                coalesce(
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
                    '[]'
                )
            from crm.import_faults(p_workspace_id, p_import_id, null, c_most) as f
        )
    );
end
$$;
alter function service.import_report(uuid, uuid) owner to leadboard_view;
grant execute on function service.import_report(uuid, uuid) to leadboard_api;

comment on function service.import_report(uuid, uuid) is
'An import with its counts and the faults and warnings of its first hundred faulty lines.';
