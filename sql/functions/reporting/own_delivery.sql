-- A delivery that the caller may see and send, locked: LB404 when there is none, LB403 when it is
-- of another branch.
create function reporting.own_delivery(p_workspace_id uuid, p_id uuid)
returns reporting.deliveries
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_row reporting.deliveries;
begin
    perform reporting.require_right(p_workspace_id, null);
    select d.* into v_row
    from reporting.deliveries as d
    where d.workspace_id = p_workspace_id and d.id = p_id
    for update;
    if not found then
        raise exception using errcode = 'LB404', message = 'No such delivery.';
    end if;
    perform reporting.require_right(p_workspace_id, v_row.branch_id);
    return v_row;
end
$$;
alter function reporting.own_delivery(uuid, uuid) owner to leadboard_owner;

comment on function reporting.own_delivery(uuid, uuid) is
'A delivery that the caller may see and send, locked; LB404, LB403.';
