-- A subscription that the caller may manage, locked: LB404 when there is none, LB403 when it is of
-- another branch.
create function reporting.own_subscription(p_workspace_id uuid, p_id uuid)
returns reporting.subscriptions
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_row reporting.subscriptions;
begin
    perform reporting.require_right(p_workspace_id, null);
    select s.* into v_row
    from reporting.subscriptions as s
    where s.workspace_id = p_workspace_id and s.id = p_id
    for update;
    if not found then
        raise exception using errcode = 'LB404', message = 'No such subscription.';
    end if;
    perform reporting.require_right(p_workspace_id, v_row.branch_id);
    return v_row;
end
$$;
alter function reporting.own_subscription(uuid, uuid) owner to leadboard_owner;

comment on function reporting.own_subscription(uuid, uuid) is
'A subscription that the caller may manage, locked; LB404, LB403.';
