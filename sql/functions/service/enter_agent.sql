-- How every endpoint about the own work begins: service.enter, and LB403 for a caller who is no
-- agent of the workspace. These endpoints know no other person than the caller: none of them has a
-- parameter for one.
--
-- today is the agent's local day: figures move at midnight too, so it is part of every tag.
-- The endpoints are definer functions of leadboard_view: bound by the policies of the caller, and
-- able to count, not show, colleagues for a rank.
create function service.enter_agent(
    in p_user_id uuid,
    in p_workspace_id uuid,
    out workspace_id uuid,
    out version bigint,
    out today date
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_caller record;
begin
    v_caller := service.enter(p_user_id, p_workspace_id);
    if v_caller.role <> 'agent' then
        raise exception using errcode = 'LB403', message = 'Agent access required';
    end if;
    workspace_id := v_caller.workspace_id;
    version := v_caller.version;
    select app.today(coalesce(b.timezone, w.timezone)) into today
    from crm.workspaces as w
    left join crm.branches as b on b.workspace_id = w.workspace_id and b.id = v_caller.branch_id
    where w.workspace_id = v_caller.workspace_id;
end
$$;
alter function service.enter_agent(uuid, uuid) owner to leadboard_view;
grant execute on function service.enter_agent(uuid, uuid) to leadboard_api;

comment on function service.enter_agent(uuid, uuid) is
'Acts for an agent; gives the workspace, the version of its figures and the agent''s local day. LB403 for everybody else.';
