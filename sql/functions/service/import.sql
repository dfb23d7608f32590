-- GET /api/imports/{import_id}: counts, and the first faults. Owners and admins only.
create function service.import(p_user_id uuid, p_etag text, p_workspace_id uuid, p_import_id uuid)
returns table (etag text, body json)
language plpgsql
volatile
as $$
declare
    v_caller record;
begin
    v_caller := service.enter(p_user_id, p_workspace_id);
    body := service.import_report(v_caller.workspace_id, p_import_id);
    etag := service.etag(body::text);
    if service.is_known(p_etag, etag) then
        body := null;
    end if;
    return next;
end
$$;
alter function service.import(uuid, text, uuid, uuid) owner to leadboard_view;
grant execute on function service.import(uuid, text, uuid, uuid) to leadboard_api;

comment on function service.import(uuid, text, uuid, uuid) is
'GET /api/imports/{import_id}: an import with its counts and first faults; owners and admins only.';
