-- Begins the import of a file: checks the caller's right and the mapping against the header, and
-- returns the import's id. crm.stage_import_rows (or COPY) brings the rows, crm.apply_import lands
-- them.
-- Staged rows of imports that were begun and not applied within a day are cleared here.
create function crm.create_import(
    p_workspace_id uuid,
    p_kind text,
    p_file_name text,
    p_mapping jsonb,
    p_header text[]
)
returns uuid
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user_id uuid := crm.check_import_right(p_workspace_id);
    v_header text[] := array(
        select btrim(h.name)
        from unnest(p_header) with ordinality as h (name, number)
        order by h.number
    );
    v_import_id uuid := app.uuid_v7();
    v_faults jsonb;
begin
    select jsonb_agg(jsonb_build_object('field', f.field, 'message', f.message))
    into v_faults
    from crm.import_mapping_faults(p_kind, p_mapping, v_header, app.is_operator()) as f
    where f.message is not null;
    if v_faults is not null then
        raise exception using
            errcode = 'LB422',
            message = 'The mapping does not fit the file.',
            detail = jsonb_build_object('errors', v_faults)::text;
    end if;

    with stale as (
        update crm.imports as i
        set status = 'failed', finished_at = app.now()
        where
            i.workspace_id = p_workspace_id
            and i.status = 'staging'
            and i.created_at < app.now() - interval '1 day'
        returning i.id
    )

    delete from crm.import_rows as r
    using stale as s
    where r.workspace_id = p_workspace_id and r.import_id = s.id;

    insert into crm.imports (
        workspace_id, id, kind, file_name, source_system, mapping, header, created_by_user_id, created_at
    )
    values (
        p_workspace_id,
        v_import_id,
        p_kind,
        left(coalesce(nullif(regexp_replace(p_file_name, '^.*[/\\]', ''), ''), 'file'), 300),
        coalesce(p_mapping ->> 'source_system', 'leadboard'),
        p_mapping,
        v_header,
        v_user_id,
        app.now()
    );
    return v_import_id;
end
$$;
alter function crm.create_import(uuid, text, text, jsonb, text[]) owner to leadboard_owner;
grant execute on function crm.create_import(uuid, text, text, jsonb, text[]) to leadboard_api;

comment on function crm.create_import(uuid, text, text, jsonb, text[]) is
'Begins the import of a file and returns its id. LB403 and LB404 without the right, LB422 (detail: errors) when mapping and header do not fit.';
