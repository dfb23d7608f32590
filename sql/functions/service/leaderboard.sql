-- GET /api/reports/leaderboard: the active members, best first, as far as the caller may see them.
create function service.leaderboard(
    p_user_id uuid, p_etag text, p_workspace_id uuid, p_days integer, p_sort_by text
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
        'leaderboard', v_caller.version::text, v_caller.workspace_id::text, p_user_id::text,
        v_caller.role, v_caller.branch_id::text, p_days::text,
        service.leaderboard_terms(v_caller.workspace_id, p_sort_by)::text
    );
    if service.is_known(p_etag, etag) then
        return next;
        return;
    end if;
    select coalesce(json_agg(r.body order by r.ordinal), '[]') into body
    from service.rep_rows(v_caller.workspace_id, p_days, p_sort_by) as r;
    return next;
end
$$;
alter function service.leaderboard(uuid, text, uuid, integer, text) owner to leadboard_view;
grant execute on function service.leaderboard(uuid, text, uuid, integer, text) to leadboard_api;

comment on function service.leaderboard(uuid, text, uuid, integer, text) is
'GET /api/reports/leaderboard: active members by rank, as far as the caller may see them; LB400 for an unknown metric.';
