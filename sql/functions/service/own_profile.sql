-- The caller and the caller's active memberships, as the JSON that GET /api/me answers. Definer:
-- the service's login reads no table; the filter on app.current_user_id() is the right. NULL for an
-- unknown or erased caller.
create function service.own_profile()
returns json
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    with memberships as (
        select
            m.workspace_id,
            w.name as workspace_name,
            m.role,
            m.branch_id,
            b.name as branch_name,
            coalesce(b.timezone, w.timezone) as timezone,
            w.currency,
            w.settings ->> 'locale' as locale
        from crm.members as m
        inner join crm.workspaces as w on w.workspace_id = m.workspace_id
        left join crm.branches as b on b.workspace_id = m.workspace_id and b.id = m.branch_id
        where
            m.user_id = app.current_user_id()
            and m.deactivated_at is null
    )

    select
        json_build_object(
            'user', json_build_object('id', u.id, 'email', u.email, 'name', u.name),
            'memberships', (
                select coalesce(json_agg(row_to_json(m) order by m.workspace_name, m.workspace_id), '[]')
                from memberships as m
            )
        )
    from crm.users as u
    where
        u.id = app.current_user_id()
        and u.erased_at is null
$$;
alter function service.own_profile() owner to leadboard_owner;
grant execute on function service.own_profile() to leadboard_api;

comment on function service.own_profile() is
'The caller and the caller''s active memberships as JSON; null for an unknown or erased caller.';
