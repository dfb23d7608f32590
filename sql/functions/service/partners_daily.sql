-- GET /api/partners/daily: the leads of the last 30 local days, day by day, of the partners asked
-- for that the caller may see, in the order in which they were asked for. Others are left out.
create function service.partners_daily(
    p_user_id uuid, p_etag text, p_workspace_id uuid, p_partner_ids uuid[]
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
        'partners-daily', v_caller.version::text, v_caller.workspace_id::text, p_user_id::text,
        v_caller.role, v_caller.branch_id::text, p_partner_ids::text
    );
    if service.is_known(p_etag, etag) then
        return next;
        return;
    end if;
    select
        json_build_object(
            'items', coalesce(
                json_agg(d.body order by array_position(p_partner_ids, d.partner_id)), '[]'
            )
        )
    into body
    from service.partner_days(v_caller.workspace_id, p_partner_ids) as d;
    return next;
end
$$;
alter function service.partners_daily(uuid, text, uuid, uuid[]) owner to leadboard_view;
grant execute on function service.partners_daily(uuid, text, uuid, uuid[]) to leadboard_api;

comment on function service.partners_daily(uuid, text, uuid, uuid[]) is
'GET /api/partners/daily: leads per local day of the last 30 of the partners asked for.';
