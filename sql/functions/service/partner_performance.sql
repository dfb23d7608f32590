-- GET /api/partners/{partner_id}/performance. A member of the own workspace whom the caller may not
-- see is LB403. Everyone else, another tenant's partner included, does not exist: LB404.
create function service.partner_performance(
    p_user_id uuid, p_etag text, p_workspace_id uuid, p_partner_id uuid
)
returns table (etag text, body json)
language plpgsql
volatile
as $$
declare
    v_caller record;
begin
    v_caller := service.enter(p_user_id, p_workspace_id);
    etag := service.etag(
        'partner', v_caller.version::text, v_caller.workspace_id::text, p_user_id::text,
        v_caller.role, v_caller.branch_id::text, p_partner_id::text
    );
    if service.is_known(p_etag, etag) then
        return next;
        return;
    end if;
    select r.body into body
    from service.partner_rows(v_caller.workspace_id) as r
    where r.partner_id = p_partner_id;
    if not found then
        perform service.refuse_person(v_caller.workspace_id, p_partner_id);
        raise exception using errcode = 'LB404', message = 'No such partner.';
    end if;
    return next;
end
$$;
alter function service.partner_performance(uuid, text, uuid, uuid) owner to leadboard_view;
grant execute on function service.partner_performance(uuid, text, uuid, uuid) to leadboard_api;

comment on function service.partner_performance(uuid, text, uuid, uuid) is
'GET /api/partners/{partner_id}/performance: the figures of one partner; LB403 without the right, LB404 for everyone unknown.';
