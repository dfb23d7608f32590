-- GET /api/imports/{import_id}/rejects.csv: the rejected lines as they were read, each with the
-- columns to blame and the reasons, and what is needed to write them as the file was. Warnings are
-- left out: their rows landed. after is the last line, null when there are no more.
create function service.import_reject_lines(
    p_user_id uuid, p_workspace_id uuid, p_import_id uuid, p_after integer, p_limit integer
)
returns table (body json)
language plpgsql
volatile
as $$
declare
    v_caller record;
begin
    v_caller := service.enter(p_user_id, p_workspace_id);

    with faults as (
        select
            f.line,
            f.column_name,
            f.reason,
            f.is_warning,
            f.cells
        from crm.import_faults(v_caller.workspace_id, p_import_id, p_after, p_limit) as f
    ),

    lines as (
        select
            f.line,
            string_agg(f.column_name, ', ' order by f.column_name)
                filter (where f.column_name <> '') as columns,
            string_agg(f.reason, '; ' order by f.column_name) as reasons,
            -- As JSON, because an array of arrays gives up no array.
            (
                array_agg(to_json(f.cells) order by f.column_name)
                    filter (where cardinality(f.cells) > 0)
            )[1] as cells
        from faults as f
        where not f.is_warning
        group by f.line
    )

    select
        json_build_object(
            'header', h.header,
            'encoding', coalesce(h.mapping ->> 'encoding', 'utf-8'),
            'delimiter', coalesce(h.mapping ->> 'delimiter', ','),
            'lines', (
                select
                    coalesce(
                        json_agg(
                            json_build_object(
                                'line', l.line,
                                'column', coalesce(l.columns, ''),
                                'reason', l.reasons,
                                'cells', coalesce(l.cells, '[]')
                            )
                            order by l.line
                        ),
                        '[]'
                    )
                from lines as l
            ),
            'after', (select max(f.line) from faults as f)
        )
    into body
    from service.import_layout(v_caller.workspace_id, p_import_id) as h;
    if not found then
        raise exception using errcode = 'LB404', message = 'No such import.';
    end if;
    return next;
end
$$;
alter function service.import_reject_lines(uuid, uuid, uuid, integer, integer)
owner to leadboard_view;
grant execute on function service.import_reject_lines(uuid, uuid, uuid, integer, integer)
to leadboard_api;

comment on function service.import_reject_lines(uuid, uuid, uuid, integer, integer) is
'GET /api/imports/{import_id}/rejects.csv: rejected lines with columns and reasons, and the layout of the file.';
