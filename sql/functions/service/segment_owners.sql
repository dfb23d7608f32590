-- Whose recipients the caller may see, by owner at send: everybody's (null) for owners and admins,
-- those of the own branch for a manager, the own for everyone else.
create function service.segment_owners(p_workspace_id uuid)
returns uuid[]
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        case
            when p_workspace_id = any(app.admin_workspaces()) then null
            -- Row-level security leaves the members whom the caller may see.
            else array(select m.user_id from crm.members as m where m.workspace_id = p_workspace_id)
        end
$$;
alter function service.segment_owners(uuid) owner to leadboard_view;
grant execute on function service.segment_owners(uuid) to leadboard_api;

comment on function service.segment_owners(uuid) is
'Owners at send whose recipients the caller may see; null for everybody''s.';
