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
    v_meant bigint;
    v_all uuid[];
    v_administered uuid[];
    v_manages boolean;
begin
    perform app.act_as(p_user_id);
    select
        array_agg(m.workspace_id),
        coalesce(array_agg(m.workspace_id) filter (where m.role in ('owner', 'admin')), '{}'),
        bool_or(m.role = 'manager'),
        count(*) filter (where m.is_meant),
        (array_agg(m.workspace_id) filter (where m.is_meant))[1],
        (array_agg(m.role) filter (where m.is_meant))[1],
        (array_agg(m.branch_id) filter (where m.is_meant))[1]
    into v_all, v_administered, v_manages, v_meant, workspace_id, role, branch_id
    from (
        select
            a.workspace_id,
            a.role,
            a.branch_id,
            a.workspace_id = coalesce(p_workspace_id, a.workspace_id) as is_meant
        from crm.members as a
        inner join crm.users as u on u.id = a.user_id
        where
            a.user_id = p_user_id
            and a.deactivated_at is null
            and u.erased_at is null
    ) as m;
    if v_meant <> 1 then
        -- It knows what to say.
        workspace_id := app.resolve_workspace(p_workspace_id);
    end if;
    perform set_config(
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
    version := ops.version_of(workspace_id);
end
$$;
alter function service.enter(uuid, uuid) owner to leadboard_owner;
grant execute on function service.enter(uuid, uuid) to leadboard_api, leadboard_view;

comment on function service.enter(uuid, uuid) is
'Acts for the user; gives the workspace of the request, the caller''s role and branch there, and the version of its figures.';
