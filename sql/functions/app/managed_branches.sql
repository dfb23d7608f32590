-- The branches the caller manages. A manager without a branch manages none and sees the own rows
-- only.
--
-- A branch id is a key within its workspace only. Another workspace of the same caller may hold, by
-- chance or by somebody's plan, a branch of the same id; such an id would open both, so it opens
-- none.
create function app.managed_branches()
returns uuid[]
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_claimed constant text := app.claimed(4);
begin
    if v_claimed is not null then
        return v_claimed::uuid[];
    end if;
    return (
        select coalesce(array_agg(m.branch_id), '{}')
        from crm.members as m
        where
            m.user_id = app.current_user_id()
            and m.role = 'manager'
            and m.branch_id is not null
            and m.deactivated_at is null
            and not exists (
                select from crm.members as other
                inner join crm.branches as b
                    on
                        other.workspace_id = b.workspace_id
                        and b.id = m.branch_id
                where
                    other.user_id = m.user_id
                    and other.workspace_id <> m.workspace_id
                    and other.deactivated_at is null
            )
    );
end
$$;
alter function app.managed_branches() owner to leadboard_owner;
grant execute on function app.managed_branches() to leadboard_view,
leadboard_api,
leadboard_bi,
leadboard_router;

comment on function app.managed_branches() is
'Branches the caller manages; empty for everyone but managers. Always used together with app.member_workspaces().';
