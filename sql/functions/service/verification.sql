-- GET /api/ops/verification: whether the stored figures of a day are what the facts say. Owners and
-- admins only.
create function service.verification(
    p_user_id uuid, p_etag text, p_workspace_id uuid, p_day date
)
returns table (etag text, body json)
language plpgsql
volatile
as $$
begin
    body := ops.verify_day((service.enter(p_user_id, p_workspace_id)).workspace_id, p_day);
    etag := service.etag('verification', p_user_id::text, body::text);
    if service.is_known(p_etag, etag) then
        body := null;
    end if;
    return next;
end
$$;
alter function service.verification(uuid, text, uuid, date) owner to leadboard_view;
grant execute on function service.verification(uuid, text, uuid, date) to leadboard_api;

comment on function service.verification(uuid, text, uuid, date) is
'GET /api/ops/verification: whether the stored figures of a day are what the facts say; owners and admins only.';
