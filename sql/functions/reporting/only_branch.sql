-- The branch that is meant when none is named: the manager's own, or the only one of the workspace.
-- LB400 with the branches to choose from when there are several.
create function reporting.only_branch(p_workspace_id uuid)
returns uuid
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_branches uuid[];
begin
    select array_agg(b.id) into v_branches
    from crm.branches as b
    where
        b.workspace_id = p_workspace_id
        and reporting.may_manage(app.current_user_id(), p_workspace_id, b.id);
    if cardinality(v_branches) = 1 then
        return v_branches[1];
    end if;
    perform reporting.refuse(jsonb_build_array(
        jsonb_build_object('field', 'branch_id', 'message', 'Required: there is not just one branch.')
    ));
    return null;
end
$$;
alter function reporting.only_branch(uuid) owner to leadboard_owner;

comment on function reporting.only_branch(uuid) is
'The only branch whose reports the caller may manage; LB400 when there is not just one.';
