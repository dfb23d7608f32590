-- The workspaces of the caller's in which time has something to do for routing: an offer past its
-- deadline, a lead that waits for somebody eligible and was last tried a minute ago or was woken,
-- or changes of load to fold. All workspaces for operators.
create function routing.due_workspaces()
returns setof uuid
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select d.workspace_id
    from (
        select f.workspace_id
        from routing.offers as f
        where f.deadline <= app.now()
        union
        select w.workspace_id
        from routing.waiting_leads as w
        where w.queue = 'eligibility' and w.tried_at <= app.now() - interval '1 minute'
        union
        select c.workspace_id
        from routing.load_changes as c
    ) as d
    where
        pg_has_role(session_user, 'leadboard_ops', 'member')
        or app.is_operator()
        or d.workspace_id = any((select app.admin_workspaces())::uuid[])
    order by d.workspace_id
$$;
alter function routing.due_workspaces() owner to leadboard_owner;
grant execute on function routing.due_workspaces() to leadboard_router, leadboard_ops;

comment on function routing.due_workspaces() is
'The caller''s workspaces in which routing.expire_offers() has something to do now.';
