-- The workspaces the caller is an active member of (any role), or that the login reads as a whole.
-- Used in policies and views as (select app.member_workspaces()), so it runs once per statement.
create function app.member_workspaces()
returns uuid[]
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_claimed constant text := app.claimed(2);
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
alter function app.member_workspaces() owner to leadboard_owner;
grant execute on function app.member_workspaces() to leadboard_view,
leadboard_api,
leadboard_bi,
leadboard_router;

comment on function app.member_workspaces() is
'Workspaces the caller is an active member of; empty for an unknown caller.';
