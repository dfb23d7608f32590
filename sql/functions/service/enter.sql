-- How every endpoint begins: acts for the verified user, finds the workspace the request is about,
-- and says who the caller is there and which version the figures have. LB400, LB403 and LB404 as
-- app.resolve_workspace raises them.
--
-- The caller's memberships are read once, here. What app.resolve_workspace, app.current_member and
-- the functions of identity would look up again is answered from that, and left for the rest of the
-- transaction where app.claimed finds it. Definer for that reason alone; it tells of the user it
-- was given and of nobody else.
--
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
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_all uuid[] := '{}';
    v_administered uuid[] := '{}';
    v_manages boolean := false;
    v_meant integer := 0;
    v record;
    -- Assigned to, because an expression is evaluated in place; PERFORM runs a statement.
    v_set text := set_config('app.user_id', coalesce(p_user_id::text, ''), true);
begin
    -- A loop, because a handful of rows is gathered faster so than by as many aggregates.
    for v in
        select
            m.workspace_id,
            m.role,
            m.branch_id,
            s.version
        from crm.members as m
        inner join crm.users as u on u.id = m.user_id
        left join ops.workspace_versions as s on s.workspace_id = m.workspace_id
        where
            m.user_id = p_user_id
            and m.deactivated_at is null
            and u.erased_at is null
    loop
        v_all := v_all || v.workspace_id;
        v_manages := v_manages or v.role = 'manager';
        if v.role in ('owner', 'admin') then
            v_administered := v_administered || v.workspace_id;
        end if;
        if v.workspace_id = coalesce(p_workspace_id, v.workspace_id) then
            v_meant := v_meant + 1;
            workspace_id := v.workspace_id;
            role := v.role;
            branch_id := v.branch_id;
            version := v.version;
        end if;
    end loop;
    if v_meant <> 1 then
        -- It knows what to say.
        workspace_id := app.resolve_workspace(p_workspace_id);
    end if;
    v_set := set_config(
        'app.claims',
        concat_ws(
            ' ',
            p_user_id,
            v_all,
            v_administered,
            case when v_manages then app.managed_branches() else '{}' end
        ),
        true
    );
end
$$;
alter function service.enter(uuid, uuid) owner to leadboard_owner;
grant execute on function service.enter(uuid, uuid) to leadboard_api, leadboard_view;

comment on function service.enter(uuid, uuid) is
'Acts for the user; gives the workspace of the request, the caller''s role and branch there, and the version of its figures.';
