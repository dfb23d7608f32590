-- LB403 when a person is a member of the workspace whom the caller may not see; nothing otherwise.
-- The rule is that of the public views: owner and admin see everyone, a manager the own branch, all
-- themselves. Called when a person was asked for by id and no row came back.
create function service.refuse_person(p_workspace_id uuid, p_person_id uuid)
returns void
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_workspace_id = any(app.admin_workspaces()) or p_person_id = app.current_user_id() then
        return;
    end if;
    if exists (
        select
        from stats.people as p
        where
            p.workspace_id = p_workspace_id
            and p.workspace_id = any(app.member_workspaces())
            and p.user_id = p_person_id
            and p.is_active
            and not coalesce(p.branch_id = any(app.managed_branches()), false)
    )
    then
        raise exception using
            errcode = 'LB403', message = 'You may see your own figures and those of people you manage.';
    end if;
end
$$;
alter function service.refuse_person(uuid, uuid) owner to leadboard_view;
grant execute on function service.refuse_person(uuid, uuid) to leadboard_api;

comment on function service.refuse_person(uuid, uuid) is
'LB403 when the person is an active member of the workspace whom the caller may not see; else nothing.';
