-- How every endpoint begins: acts for the verified user, finds the workspace the request is about,
-- and says who the caller is there and which version the figures have. LB400, LB403 and LB404 as
-- app.resolve_workspace raises them.
-- The version is read before any figure. A refresh that ends in between makes the answer newer than
-- its tag, and the next request gets it again; never older.
create function service.enter(
    in p_user_id uuid,
    in p_workspace_id uuid,
    out workspace_id uuid,
    out role text,
    out branch_id uuid,
    out version bigint
)
language plpgsql
volatile
as $$
begin
    perform app.act_as(p_user_id);
    workspace_id := app.resolve_workspace(p_workspace_id);
    select
        m.role,
        m.branch_id
    into role, branch_id
    from app.current_member(workspace_id) as m;
    select v.version into version
    from ops.workspace_versions as v
    where v.workspace_id = enter.workspace_id;
end
$$;
alter function service.enter(uuid, uuid) owner to leadboard_view;
grant execute on function service.enter(uuid, uuid) to leadboard_api;

comment on function service.enter(uuid, uuid) is
'Acts for the user; gives the workspace of the request, the caller''s role and branch there, and the version of its figures.';
