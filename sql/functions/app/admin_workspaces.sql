-- The workspaces whose every row the caller may read: owners, admins, and logins that stand for a
-- workspace.
create function app.admin_workspaces()
returns uuid[]
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_claimed constant text := app.claimed(3);
begin
    if v_claimed is not null then
        return v_claimed::uuid[];
    end if;
    return (
        select coalesce(array_agg(w.workspace_id), '{}')
        from (
            select m.workspace_id
            from crm.members as m
            where
                m.user_id = app.current_user_id()
                and m.role in ('owner', 'admin')
                and m.deactivated_at is null
            union
            select p.workspace_id
            from app.principals as p
            where
                p.login_name = session_user
                and session_user <> 'leadboard_api'
                and p.workspace_id is not null
        ) as w
    );
end
$$;
alter function app.admin_workspaces() owner to leadboard_owner;
grant execute on function app.admin_workspaces() to leadboard_view,
leadboard_api,
leadboard_bi,
leadboard_router;

comment on function app.admin_workspaces() is
'Workspaces of which the caller may read every row; empty for an unknown caller.';
